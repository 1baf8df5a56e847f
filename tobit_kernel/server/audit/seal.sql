insert into gate.audit_seal (seq, kind, at, month, after_turn, after_id, upto_turn, upto_id, rows, first_id, last_id,
                             first_at, last_at, key, head, previous, hmac)
values (:seq, :kind, :at, :month, :after_turn, :after_id, :upto_turn, :upto_id, :rows, :first_id, :last_id,
        :first_at, :last_at, :key, :head, :previous, :hmac)
