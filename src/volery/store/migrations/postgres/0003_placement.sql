-- Placement: what carries an attempt out, '' as long as nobody has chosen.

ALTER TABLE attempts ADD COLUMN executor TEXT COLLATE "C" NOT NULL DEFAULT '';

-- What waits is taken for each executor by itself.
DROP INDEX outbox;

CREATE INDEX outbox ON attempts (driver, executor, priority DESC, created, place)
    WHERE owner IS NULL AND phase = 'LAUNCHING' AND ready = 1;

DROP INDEX outbox_of_family;

CREATE INDEX outbox_of_family ON attempts (root, executor, priority DESC, created, place)
    WHERE owner IS NULL AND phase = 'LAUNCHING' AND ready = 1;
