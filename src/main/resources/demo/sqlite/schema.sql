-- The vault server's tables on SQLite, as of bitwarden_rs 1.17.0, and every change since.
-- Written for the demo and the tests from a description of the schema: names, types, keys.
--
-- A line "-- step RELEASE NAME" begins a step; its statements end with a semicolon at the end of a
-- line. Steps stand in the order in which a server that was updated release by release runs them.

-- step 1.17.0 base
CREATE TABLE __diesel_schema_migrations (
  version TEXT NOT NULL PRIMARY KEY,
  run_on  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE users (
  uuid                TEXT NOT NULL PRIMARY KEY,
  created_at          DATETIME NOT NULL,
  updated_at          DATETIME NOT NULL,
  email               TEXT NOT NULL UNIQUE,
  name                TEXT NOT NULL,
  password_hash       BLOB NOT NULL,
  salt                BLOB NOT NULL,
  password_iterations INTEGER NOT NULL,
  password_hint       TEXT,
  akey                TEXT NOT NULL,
  private_key         TEXT,
  public_key          TEXT,
  totp_secret         TEXT,
  totp_recover        TEXT,
  security_stamp      TEXT NOT NULL,
  equivalent_domains  TEXT NOT NULL,
  excluded_globals    TEXT NOT NULL,
  client_kdf_type     INTEGER NOT NULL DEFAULT 0,
  client_kdf_iter     INTEGER NOT NULL DEFAULT 100000,
  verified_at         DATETIME,
  last_verifying_at   DATETIME,
  login_verify_count  INTEGER NOT NULL DEFAULT 0,
  email_new           TEXT,
  email_new_token     TEXT
);
CREATE TABLE devices (
  uuid                TEXT NOT NULL PRIMARY KEY,
  created_at          DATETIME NOT NULL,
  updated_at          DATETIME NOT NULL,
  user_uuid           TEXT NOT NULL REFERENCES users (uuid),
  name                TEXT NOT NULL,
  atype               INTEGER NOT NULL,
  push_token          TEXT,
  refresh_token       TEXT NOT NULL,
  twofactor_remember  TEXT
);
CREATE TABLE organizations (
  uuid          TEXT NOT NULL PRIMARY KEY,
  name          TEXT NOT NULL,
  billing_email TEXT NOT NULL
);
CREATE TABLE ciphers (
  uuid              TEXT NOT NULL PRIMARY KEY,
  created_at        DATETIME NOT NULL,
  updated_at        DATETIME NOT NULL,
  user_uuid         TEXT REFERENCES users (uuid),
  organization_uuid TEXT REFERENCES organizations (uuid),
  atype             INTEGER NOT NULL,
  name              TEXT NOT NULL,
  notes             TEXT,
  fields            TEXT,
  data              TEXT NOT NULL,
  password_history  TEXT,
  deleted_at        DATETIME
);
CREATE TABLE attachments (
  id          TEXT NOT NULL PRIMARY KEY,
  cipher_uuid TEXT NOT NULL REFERENCES ciphers (uuid),
  file_name   TEXT NOT NULL,
  file_size   INTEGER NOT NULL,
  akey        TEXT
);
CREATE TABLE folders (
  uuid       TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  user_uuid  TEXT NOT NULL REFERENCES users (uuid),
  name       TEXT NOT NULL
);
CREATE TABLE folders_ciphers (
  cipher_uuid TEXT NOT NULL REFERENCES ciphers (uuid),
  folder_uuid TEXT NOT NULL REFERENCES folders (uuid),
  PRIMARY KEY (cipher_uuid, folder_uuid)
);
CREATE TABLE favorites (
  user_uuid   TEXT NOT NULL REFERENCES users (uuid),
  cipher_uuid TEXT NOT NULL REFERENCES ciphers (uuid),
  PRIMARY KEY (user_uuid, cipher_uuid)
);
CREATE TABLE collections (
  uuid     TEXT NOT NULL PRIMARY KEY,
  org_uuid TEXT NOT NULL REFERENCES organizations (uuid),
  name     TEXT NOT NULL
);
CREATE TABLE ciphers_collections (
  cipher_uuid     TEXT NOT NULL REFERENCES ciphers (uuid),
  collection_uuid TEXT NOT NULL REFERENCES collections (uuid),
  PRIMARY KEY (cipher_uuid, collection_uuid)
);
CREATE TABLE users_collections (
  user_uuid       TEXT NOT NULL REFERENCES users (uuid),
  collection_uuid TEXT NOT NULL REFERENCES collections (uuid),
  read_only       BOOLEAN NOT NULL DEFAULT 0,
  hide_passwords  BOOLEAN NOT NULL DEFAULT 0,
  PRIMARY KEY (user_uuid, collection_uuid)
);
CREATE TABLE users_organizations (
  uuid       TEXT NOT NULL PRIMARY KEY,
  user_uuid  TEXT NOT NULL REFERENCES users (uuid),
  org_uuid   TEXT NOT NULL REFERENCES organizations (uuid),
  access_all BOOLEAN NOT NULL,
  akey       TEXT NOT NULL,
  status     INTEGER NOT NULL,
  atype      INTEGER NOT NULL,
  UNIQUE (user_uuid, org_uuid)
);
CREATE TABLE org_policies (
  uuid     TEXT NOT NULL PRIMARY KEY,
  org_uuid TEXT NOT NULL REFERENCES organizations (uuid),
  atype    INTEGER NOT NULL,
  enabled  BOOLEAN NOT NULL,
  data     TEXT NOT NULL,
  UNIQUE (org_uuid, atype)
);
CREATE TABLE twofactor (
  uuid      TEXT NOT NULL PRIMARY KEY,
  user_uuid TEXT NOT NULL REFERENCES users (uuid),
  atype     INTEGER NOT NULL,
  enabled   BOOLEAN NOT NULL,
  data      TEXT NOT NULL,
  last_used INTEGER NOT NULL DEFAULT 0,
  UNIQUE (user_uuid, atype)
);
CREATE TABLE invitations (
  email TEXT NOT NULL PRIMARY KEY
);

-- step 1.18.0 users-enabled
ALTER TABLE users ADD COLUMN enabled BOOLEAN NOT NULL DEFAULT 1;

-- step 1.18.0 users-stamp-exception
ALTER TABLE users ADD COLUMN stamp_exception TEXT DEFAULT NULL;

-- step 1.20.0 sends
CREATE TABLE sends (
  uuid              TEXT NOT NULL PRIMARY KEY,
  user_uuid         TEXT REFERENCES users (uuid),
  organization_uuid TEXT REFERENCES organizations (uuid),
  name              TEXT NOT NULL,
  notes             TEXT,
  atype             INTEGER NOT NULL,
  data              TEXT NOT NULL,
  key               TEXT NOT NULL,
  password_hash     BLOB,
  password_salt     BLOB,
  password_iter     INTEGER,
  max_access_count  INTEGER,
  access_count      INTEGER NOT NULL,
  creation_date     DATETIME NOT NULL,
  revision_date     DATETIME NOT NULL,
  expiration_date   DATETIME,
  deletion_date     DATETIME NOT NULL,
  disabled          BOOLEAN NOT NULL
);

-- step 1.20.0 sends-rename-key
ALTER TABLE sends RENAME COLUMN key TO akey;

-- step 1.22.0 ciphers-reprompt
ALTER TABLE ciphers ADD COLUMN reprompt INTEGER;

-- step 1.22.0 sends-hide-email
ALTER TABLE sends ADD COLUMN hide_email BOOLEAN;

-- step 1.22.2 organizations-keys
ALTER TABLE organizations ADD COLUMN private_key TEXT;
ALTER TABLE organizations ADD COLUMN public_key TEXT;

-- step 1.23.0 emergency-access
CREATE TABLE emergency_access (
  uuid                  TEXT NOT NULL PRIMARY KEY,
  grantor_uuid          TEXT REFERENCES users (uuid),
  grantee_uuid          TEXT REFERENCES users (uuid),
  email                 TEXT,
  key_encrypted         TEXT,
  atype                 INTEGER NOT NULL,
  status                INTEGER NOT NULL,
  wait_time_days        INTEGER NOT NULL,
  recovery_initiated_at DATETIME,
  last_notification_at  DATETIME,
  updated_at            DATETIME NOT NULL,
  created_at            DATETIME NOT NULL
);

-- step 1.23.1 twofactor-incomplete
CREATE TABLE twofactor_incomplete (
  user_uuid   TEXT NOT NULL REFERENCES users (uuid),
  device_uuid TEXT NOT NULL,
  device_name TEXT NOT NULL,
  login_time  DATETIME NOT NULL,
  ip_address  TEXT NOT NULL,
  PRIMARY KEY (user_uuid, device_uuid)
);

-- step 1.24.0 users-api-key
ALTER TABLE users ADD COLUMN api_key TEXT;

-- step 1.25.0 devices-primary-key
CREATE TABLE devices_new (
  uuid                TEXT NOT NULL,
  created_at          DATETIME NOT NULL,
  updated_at          DATETIME NOT NULL,
  user_uuid           TEXT NOT NULL REFERENCES users (uuid),
  name                TEXT NOT NULL,
  atype               INTEGER NOT NULL,
  push_token          TEXT,
  refresh_token       TEXT NOT NULL,
  twofactor_remember  TEXT,
  PRIMARY KEY (uuid, user_uuid)
);
INSERT INTO devices_new SELECT uuid, created_at, updated_at, user_uuid, name, atype, push_token,
  refresh_token, twofactor_remember FROM devices;
DROP TABLE devices;
ALTER TABLE devices_new RENAME TO devices;

-- step 1.27.0 groups
CREATE TABLE groups (
  uuid               TEXT NOT NULL PRIMARY KEY,
  organizations_uuid TEXT NOT NULL REFERENCES organizations (uuid),
  name               TEXT NOT NULL,
  access_all         BOOLEAN NOT NULL,
  external_id        TEXT,
  creation_date      TIMESTAMP NOT NULL,
  revision_date      TIMESTAMP NOT NULL
);
CREATE TABLE groups_users (
  groups_uuid              TEXT NOT NULL REFERENCES groups (uuid),
  users_organizations_uuid TEXT NOT NULL REFERENCES users_organizations (uuid),
  UNIQUE (groups_uuid, users_organizations_uuid)
);
CREATE TABLE collections_groups (
  collections_uuid TEXT NOT NULL REFERENCES collections (uuid),
  groups_uuid      TEXT NOT NULL REFERENCES groups (uuid),
  read_only        BOOLEAN NOT NULL,
  hide_passwords   BOOLEAN NOT NULL,
  UNIQUE (collections_uuid, groups_uuid)
);

-- step 1.27.0 events
CREATE TABLE event (
  uuid               TEXT NOT NULL PRIMARY KEY,
  event_type         INTEGER NOT NULL,
  user_uuid          TEXT,
  org_uuid           TEXT,
  cipher_uuid        TEXT,
  collection_uuid    TEXT,
  group_uuid         TEXT,
  org_user_uuid      TEXT,
  act_user_uuid      TEXT,
  device_type        INTEGER,
  ip_address         TEXT,
  event_date         DATETIME NOT NULL,
  policy_uuid        TEXT,
  provider_uuid      TEXT,
  provider_user_uuid TEXT,
  provider_org_uuid  TEXT,
  UNIQUE (uuid)
);

-- step 1.28.0 members-reset-password-key
ALTER TABLE users_organizations ADD COLUMN reset_password_key TEXT;

-- step 1.28.0 users-avatar-color
ALTER TABLE users ADD COLUMN avatar_color TEXT;

-- step 1.28.0 users-argon2
ALTER TABLE users ADD COLUMN client_kdf_memory INTEGER DEFAULT NULL;
ALTER TABLE users ADD COLUMN client_kdf_parallelism INTEGER DEFAULT NULL;

-- step 1.29.0 devices-push-uuid
ALTER TABLE devices ADD COLUMN push_uuid TEXT;

-- step 1.29.0 organization-api-key
CREATE TABLE organization_api_key (
  uuid          TEXT NOT NULL,
  org_uuid      TEXT NOT NULL REFERENCES organizations (uuid),
  atype         INTEGER NOT NULL,
  api_key       TEXT,
  revision_date DATETIME NOT NULL,
  PRIMARY KEY (uuid, org_uuid)
);
ALTER TABLE users ADD COLUMN external_id TEXT;

-- step 1.29.0 collections-external-id
ALTER TABLE collections ADD COLUMN external_id TEXT;

-- step 1.29.2 auth-requests
CREATE TABLE auth_requests (
  uuid                      TEXT NOT NULL PRIMARY KEY,
  user_uuid                 TEXT NOT NULL,
  organization_uuid         TEXT,
  request_device_identifier TEXT NOT NULL,
  device_type               INTEGER NOT NULL,
  request_ip                TEXT NOT NULL,
  response_device_id        TEXT,
  access_code               TEXT NOT NULL,
  public_key                TEXT NOT NULL,
  enc_key                   TEXT NOT NULL,
  master_password_hash      TEXT NOT NULL,
  approved                  BOOLEAN,
  creation_date             DATETIME NOT NULL,
  response_date             DATETIME,
  authentication_date       DATETIME,
  FOREIGN KEY (user_uuid) REFERENCES users (uuid),
  FOREIGN KEY (organization_uuid) REFERENCES organizations (uuid)
);

-- step 1.30.0 auth-requests-nullable
CREATE TABLE auth_requests_new (
  uuid                      TEXT NOT NULL PRIMARY KEY,
  user_uuid                 TEXT NOT NULL,
  organization_uuid         TEXT,
  request_device_identifier TEXT NOT NULL,
  device_type               INTEGER NOT NULL,
  request_ip                TEXT NOT NULL,
  response_device_id        TEXT,
  access_code               TEXT NOT NULL,
  public_key                TEXT NOT NULL,
  enc_key                   TEXT,
  master_password_hash      TEXT,
  approved                  BOOLEAN,
  creation_date             DATETIME NOT NULL,
  response_date             DATETIME,
  authentication_date       DATETIME,
  FOREIGN KEY (user_uuid) REFERENCES users (uuid),
  FOREIGN KEY (organization_uuid) REFERENCES organizations (uuid)
);
INSERT INTO auth_requests_new SELECT * FROM auth_requests;
DROP TABLE auth_requests;
ALTER TABLE auth_requests_new RENAME TO auth_requests;

-- step 1.30.0 members-external-id
ALTER TABLE users_organizations ADD COLUMN external_id TEXT;

-- step 1.30.0 ciphers-key
ALTER TABLE ciphers ADD COLUMN key TEXT;

-- step 1.32.0 twofactor-duo
CREATE TABLE twofactor_duo_ctx (
  state      TEXT NOT NULL PRIMARY KEY,
  user_email TEXT NOT NULL,
  nonce      TEXT NOT NULL,
  exp        INTEGER NOT NULL
);

-- step 1.32.1 twofactor-incomplete-device-type
ALTER TABLE twofactor_incomplete ADD COLUMN device_type INTEGER NOT NULL DEFAULT 14;

-- step 1.33.0 collections-manage
ALTER TABLE users_collections ADD COLUMN manage BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE collections_groups ADD COLUMN manage BOOLEAN NOT NULL DEFAULT 0;

-- step 1.35.0 sso-nonce
CREATE TABLE sso_nonce (
  nonce      TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- step 1.35.0 members-invited-by
ALTER TABLE users_organizations ADD COLUMN invited_by_email TEXT DEFAULT NULL;

-- step 1.35.0 sso-nonce-state
DROP TABLE sso_nonce;
CREATE TABLE sso_nonce (
  state        TEXT NOT NULL PRIMARY KEY,
  nonce        TEXT NOT NULL,
  verifier     TEXT,
  redirect_uri TEXT NOT NULL,
  created_at   DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- step 1.35.0 sso-users
CREATE TABLE sso_users (
  user_uuid  TEXT NOT NULL PRIMARY KEY,
  identifier TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (user_uuid) REFERENCES users (uuid)
);

-- step 1.35.0 sso-users-cascade
DROP TABLE sso_users;
CREATE TABLE sso_users (
  user_uuid  TEXT NOT NULL PRIMARY KEY,
  identifier TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (user_uuid) REFERENCES users (uuid) ON UPDATE CASCADE ON DELETE CASCADE
);

-- step 1.35.0 sso-auth
DROP TABLE sso_nonce;
CREATE TABLE sso_auth (
  state            TEXT NOT NULL PRIMARY KEY,
  client_challenge TEXT NOT NULL,
  nonce            TEXT NOT NULL,
  redirect_uri     TEXT NOT NULL,
  code_response    TEXT,
  auth_response    TEXT,
  created_at       DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at       DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- step 1.36.0 archives
CREATE TABLE archives (
  user_uuid   TEXT NOT NULL,
  cipher_uuid TEXT NOT NULL,
  archived_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (user_uuid, cipher_uuid),
  FOREIGN KEY (user_uuid) REFERENCES users (uuid) ON DELETE CASCADE,
  FOREIGN KEY (cipher_uuid) REFERENCES ciphers (uuid) ON DELETE CASCADE
);

-- step 1.36.0 sso-auth-binding
ALTER TABLE sso_auth ADD COLUMN binding_hash TEXT;

-- step 1.37.0 sso-auth-error
ALTER TABLE sso_auth ADD COLUMN code_response_error TEXT;
