-- Events that were handled or parked: one that comes again is a duplicate.
CREATE TABLE inbox (
  source TEXT NOT NULL,
  topic TEXT NOT NULL,
  id TEXT NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (source, topic, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_received_at ON inbox (received_at);

-- The last version of an order, or of its payment, that was handled. `ended_at` is set where none can follow.
CREATE TABLE positions (
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  ended_at TEXT,
  PRIMARY KEY (topic, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX positions_ended_at ON positions (ended_at) WHERE ended_at IS NOT NULL;

-- Events that wait for one before them.
CREATE TABLE parked (
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  event TEXT NOT NULL,
  parked_at TEXT NOT NULL,
  reported INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, key, version)
) STRICT, WITHOUT ROWID;

-- Events that were given up, by this service or by its sidecar. `event` is JSON, or what was to be some.
CREATE TABLE dead_letters (
  source TEXT NOT NULL,
  topic TEXT NOT NULL,
  id TEXT NOT NULL,
  key TEXT,
  event TEXT NOT NULL,
  reason TEXT,
  received_at TEXT NOT NULL,
  PRIMARY KEY (source, topic, id)
) STRICT;
CREATE INDEX dead_letters_key ON dead_letters (key);

-- What each confirmed order counts for; gone once it is cancelled.
CREATE TABLE confirmed_orders (
  order_id TEXT NOT NULL PRIMARY KEY,
  sale TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sales (
  by TEXT NOT NULL CHECK (by IN ('products', 'countries', 'days')),
  key TEXT NOT NULL,
  orders INTEGER NOT NULL,
  units INTEGER NOT NULL,
  cents INTEGER NOT NULL,
  PRIMARY KEY (by, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE totals (
  name TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
