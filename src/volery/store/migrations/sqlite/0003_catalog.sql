-- What is registered: projects and their domains, code packages, versions of entities.

CREATE TABLE projects (
    id TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    created REAL NOT NULL
) STRICT;

-- place: as they were given, from 0.
CREATE TABLE domains (
    project TEXT NOT NULL REFERENCES projects (id),
    domain TEXT NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (project, domain)
) STRICT, WITHOUT ROWID;

INSERT INTO projects (id, description, created) VALUES ('default', '', 0);

INSERT INTO domains (project, domain, place)
VALUES ('default', 'development', 0), ('default', 'staging', 1), ('default', 'production', 2);

-- size: of the archive, not compressed.
CREATE TABLE packages (
    digest TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    size INTEGER NOT NULL,
    created REAL NOT NULL,
    author TEXT NOT NULL
) STRICT;

-- serial: a version that was registered later has a higher one. digest: of the spec. package: where
-- its code is; NULL: in none. newest: no version of this entity has a higher serial.
CREATE TABLE entities (
    serial INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('task', 'workflow', 'launch_plan')),
    project TEXT NOT NULL,
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    bundle TEXT NOT NULL REFERENCES bundles (digest),
    package TEXT REFERENCES packages (digest),
    description TEXT NOT NULL,
    created REAL NOT NULL,
    author TEXT NOT NULL,
    newest INTEGER NOT NULL CHECK (newest IN (0, 1)),
    UNIQUE (kind, project, domain, name, version),
    FOREIGN KEY (project, domain) REFERENCES domains (project, domain)
) STRICT;

CREATE INDEX versions ON entities (kind, project, domain, name, serial DESC);

CREATE UNIQUE INDEX newest_entities ON entities (kind, project, domain, name) WHERE newest = 1;

CREATE INDEX entities_of_version ON entities (project, domain, version);

CREATE INDEX entities_of_bundle ON entities (bundle);

CREATE INDEX entities_of_package ON entities (package);

CREATE TABLE active_plans (
    kind TEXT NOT NULL DEFAULT 'launch_plan' CHECK (kind = 'launch_plan'),
    project TEXT NOT NULL,
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (project, domain, name),
    FOREIGN KEY (kind, project, domain, name, version)
        REFERENCES entities (kind, project, domain, name, version)
) STRICT, WITHOUT ROWID;
