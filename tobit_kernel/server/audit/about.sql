-- Rows by or about a person.
tenant_id = :tenant
and (actor = :person or (resource in (:person, 'user/' || :person)
                         and action ~ '^(user|login|logout|session|key|password|group|role|grant|scope|totp|recover)'))
