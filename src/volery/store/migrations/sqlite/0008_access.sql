-- Who may do what, and who has done what.

-- digest: SHA-256 of the secret, in hexadecimal digits. projects: a list in JSON; NULL: everywhere.
-- A row is never deleted: its name stands in the audit, and is nobody else's.
CREATE TABLE tokens (
    name TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    projects TEXT,
    created REAL NOT NULL,
    expires REAL CHECK (expires > created),
    revoked REAL,
    used REAL
) STRICT;

CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY,
    at REAL NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    project TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
