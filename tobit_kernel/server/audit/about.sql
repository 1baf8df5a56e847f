-- Rows by others about a person: acts on people whose resource or reason names them, as a word of its own.
tenant_id = :tenant and actor <> :person
and action ~ '^(user|sign-in|sign-out|session|key|password|totp|permission|scope|quota|group|role|share)'
and :person = any(regexp_split_to_array(concat_ws(' ', resource, reason), '[^[:alnum:]_.@-]+'))
