-- The vault server's tables on MariaDB and MySQL, as of bitwarden_rs 1.17.0, and every change since.
-- Written for the demo and the tests from a description of the schema: names, types, keys.
--
-- A line "-- step RELEASE NAME" begins a step; its statements end with a semicolon at the end of a
-- line. Steps stand in the order in which a server that was updated release by release runs them.

-- step 1.17.0 base
CREATE TABLE __diesel_schema_migrations (
  version VARCHAR(50) PRIMARY KEY,
  run_on  DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE users (
  uuid                CHAR(36) PRIMARY KEY,
  created_at          DATETIME NOT NULL,
  updated_at          DATETIME NOT NULL,
  email               VARCHAR(255) NOT NULL UNIQUE,
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
  email_new           VARCHAR(255),
  email_new_token     VARCHAR(16)
);
CREATE TABLE devices (
  uuid                CHAR(36) PRIMARY KEY,
  created_at          DATETIME NOT NULL,
  updated_at          DATETIME NOT NULL,
  user_uuid           CHAR(36) NOT NULL REFERENCES users (uuid),
  name                TEXT NOT NULL,
  atype               INTEGER NOT NULL,
  push_token          TEXT,
  refresh_token       TEXT NOT NULL,
  twofactor_remember  TEXT
);
CREATE TABLE organizations (
  uuid          VARCHAR(40) PRIMARY KEY,
  name          TEXT NOT NULL,
  billing_email TEXT NOT NULL
);
CREATE TABLE ciphers (
  uuid              CHAR(36) PRIMARY KEY,
  created_at        DATETIME NOT NULL,
  updated_at        DATETIME NOT NULL,
  user_uuid         CHAR(36) REFERENCES users (uuid),
  organization_uuid CHAR(36) REFERENCES organizations (uuid),
  atype             INTEGER NOT NULL,
  name              TEXT NOT NULL,
  notes             TEXT,
  fields            TEXT,
  data              TEXT NOT NULL,
  password_history  TEXT,
  deleted_at        DATETIME
);
CREATE TABLE attachments (
  id          CHAR(36) PRIMARY KEY,
  cipher_uuid CHAR(36) NOT NULL REFERENCES ciphers (uuid),
  file_name   TEXT NOT NULL,
  file_size   INTEGER NOT NULL,
  akey        TEXT
);
CREATE TABLE folders (
  uuid       CHAR(36) PRIMARY KEY,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  user_uuid  CHAR(36) NOT NULL REFERENCES users (uuid),
  name       TEXT NOT NULL
);
CREATE TABLE folders_ciphers (
  cipher_uuid CHAR(36) NOT NULL REFERENCES ciphers (uuid),
  folder_uuid CHAR(36) NOT NULL REFERENCES folders (uuid),
  PRIMARY KEY (cipher_uuid, folder_uuid)
);
CREATE TABLE favorites (
  user_uuid   CHAR(36) NOT NULL REFERENCES users (uuid),
  cipher_uuid CHAR(36) NOT NULL REFERENCES ciphers (uuid),
  PRIMARY KEY (user_uuid, cipher_uuid)
);
CREATE TABLE collections (
  uuid     VARCHAR(40) PRIMARY KEY,
  org_uuid VARCHAR(40) NOT NULL REFERENCES organizations (uuid),
  name     TEXT NOT NULL
);
CREATE TABLE ciphers_collections (
  cipher_uuid     CHAR(36) NOT NULL REFERENCES ciphers (uuid),
  collection_uuid CHAR(36) NOT NULL REFERENCES collections (uuid),
  PRIMARY KEY (cipher_uuid, collection_uuid)
);
CREATE TABLE users_collections (
  user_uuid       CHAR(36) NOT NULL REFERENCES users (uuid),
  collection_uuid CHAR(36) NOT NULL REFERENCES collections (uuid),
  read_only       BOOLEAN NOT NULL DEFAULT FALSE,
  hide_passwords  BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (user_uuid, collection_uuid)
);
CREATE TABLE users_organizations (
  uuid       CHAR(36) PRIMARY KEY,
  user_uuid  CHAR(36) NOT NULL REFERENCES users (uuid),
  org_uuid   CHAR(36) NOT NULL REFERENCES organizations (uuid),
  access_all BOOLEAN NOT NULL,
  akey       TEXT NOT NULL,
  status     INTEGER NOT NULL,
  atype      INTEGER NOT NULL,
  UNIQUE (user_uuid, org_uuid)
);
CREATE TABLE org_policies (
  uuid     CHAR(36) PRIMARY KEY,
  org_uuid CHAR(36) NOT NULL REFERENCES organizations (uuid),
  atype    INTEGER NOT NULL,
  enabled  BOOLEAN NOT NULL,
  data     TEXT NOT NULL,
  UNIQUE (org_uuid, atype)
);
CREATE TABLE twofactor (
  uuid      CHAR(36) PRIMARY KEY,
  user_uuid CHAR(36) NOT NULL REFERENCES users (uuid),
  atype     INTEGER NOT NULL,
  enabled   BOOLEAN NOT NULL,
  data      TEXT NOT NULL,
  last_used INTEGER NOT NULL DEFAULT 0,
  UNIQUE (user_uuid, atype)
);
CREATE TABLE invitations (
  email VARCHAR(255) PRIMARY KEY
);

-- step 1.18.0 users-enabled
ALTER TABLE users ADD COLUMN enabled BOOLEAN NOT NULL DEFAULT TRUE;

-- step 1.18.0 users-stamp-exception
ALTER TABLE users ADD COLUMN stamp_exception TEXT DEFAULT NULL;

-- step 1.20.0 sends
CREATE TABLE sends (
  uuid              CHAR(36) PRIMARY KEY,
  user_uuid         CHAR(36) REFERENCES users (uuid),
  organization_uuid CHAR(36) REFERENCES organizations (uuid),
  name              TEXT NOT NULL,
  notes             TEXT,
  atype             INTEGER NOT NULL,
  data              TEXT NOT NULL,
  akey              TEXT NOT NULL,
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

-- step 1.22.0 ciphers-reprompt
ALTER TABLE ciphers ADD COLUMN reprompt INTEGER;

-- step 1.22.0 sends-hide-email
ALTER TABLE sends ADD COLUMN hide_email BOOLEAN;

-- step 1.22.2 organizations-keys
ALTER TABLE organizations ADD COLUMN private_key TEXT;
ALTER TABLE organizations ADD COLUMN public_key TEXT;

-- step 1.23.0 emergency-access
CREATE TABLE emergency_access (
  uuid                  CHAR(36) PRIMARY KEY,
  grantor_uuid          CHAR(36) REFERENCES users (uuid),
  grantee_uuid          CHAR(36) REFERENCES users (uuid),
  email                 VARCHAR(255),
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
  user_uuid   CHAR(36) NOT NULL REFERENCES users (uuid),
  device_uuid CHAR(36) NOT NULL,
  device_name TEXT NOT NULL,
  login_time  DATETIME NOT NULL,
  ip_address  TEXT NOT NULL,
  PRIMARY KEY (user_uuid, device_uuid)
);

-- step 1.24.0 users-api-key
ALTER TABLE users ADD COLUMN api_key TEXT;

-- step 1.25.0 devices-primary-key
ALTER TABLE devices DROP PRIMARY KEY, ADD PRIMARY KEY (uuid, user_uuid);

-- step 1.27.0 groups
CREATE TABLE `groups` (
  uuid               CHAR(36) PRIMARY KEY,
  organizations_uuid VARCHAR(40) NOT NULL REFERENCES organizations (uuid),
  name               VARCHAR(100) NOT NULL,
  access_all         BOOLEAN NOT NULL,
  external_id        VARCHAR(300),
  creation_date      DATETIME NOT NULL,
  revision_date      DATETIME NOT NULL
);
CREATE TABLE groups_users (
  groups_uuid              CHAR(36) NOT NULL REFERENCES `groups` (uuid),
  users_organizations_uuid VARCHAR(36) NOT NULL REFERENCES users_organizations (uuid),
  UNIQUE (groups_uuid, users_organizations_uuid)
);
CREATE TABLE collections_groups (
  collections_uuid VARCHAR(40) NOT NULL REFERENCES collections (uuid),
  groups_uuid      CHAR(36) NOT NULL REFERENCES `groups` (uuid),
  read_only        BOOLEAN NOT NULL,
  hide_passwords   BOOLEAN NOT NULL,
  UNIQUE (collections_uuid, groups_uuid)
);

-- step 1.27.0 events
CREATE TABLE event (
  uuid               CHAR(36) NOT NULL PRIMARY KEY,
  event_type         INTEGER NOT NULL,
  user_uuid          CHAR(36),
  org_uuid           CHAR(36),
  cipher_uuid        CHAR(36),
  collection_uuid    CHAR(36),
  group_uuid         CHAR(36),
  org_user_uuid      CHAR(36),
  act_user_uuid      CHAR(36),
  device_type        INTEGER,
  ip_address         TEXT,
  event_date         DATETIME NOT NULL,
  policy_uuid        CHAR(36),
  provider_uuid      CHAR(36),
  provider_user_uuid CHAR(36),
  provider_org_uuid  CHAR(36),
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
  uuid          CHAR(36) NOT NULL,
  org_uuid      CHAR(36) NOT NULL REFERENCES organizations (uuid),
  atype         INTEGER NOT NULL,
  api_key       VARCHAR(255),
  revision_date DATETIME NOT NULL,
  PRIMARY KEY (uuid, org_uuid)
);
ALTER TABLE users ADD COLUMN external_id TEXT;

-- step 1.29.0 collections-external-id
ALTER TABLE collections ADD COLUMN external_id TEXT;

-- step 1.29.2 auth-requests
CREATE TABLE auth_requests (
  uuid                      CHAR(36) NOT NULL PRIMARY KEY,
  user_uuid                 CHAR(36) NOT NULL,
  organization_uuid         CHAR(36),
  request_device_identifier CHAR(36) NOT NULL,
  device_type               INTEGER NOT NULL,
  request_ip                TEXT NOT NULL,
  response_device_id        CHAR(36),
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
ALTER TABLE auth_requests MODIFY enc_key TEXT;
ALTER TABLE auth_requests MODIFY master_password_hash TEXT;

-- step 1.30.0 members-external-id
ALTER TABLE users_organizations ADD COLUMN external_id TEXT;

-- step 1.30.0 ciphers-key
ALTER TABLE ciphers ADD COLUMN `key` TEXT;

-- step 1.30.2 attachments-size
ALTER TABLE attachments MODIFY file_size BIGINT NOT NULL;

-- step 1.31.0 twofactor-last-used
ALTER TABLE twofactor MODIFY last_used BIGINT NOT NULL;

-- step 1.32.0 twofactor-duo
CREATE TABLE twofactor_duo_ctx (
  state      VARCHAR(64) NOT NULL PRIMARY KEY,
  user_email VARCHAR(255) NOT NULL,
  nonce      VARCHAR(64) NOT NULL,
  exp        BIGINT NOT NULL
);

-- step 1.32.1 twofactor-incomplete-device-type
ALTER TABLE twofactor_incomplete ADD COLUMN device_type INTEGER NOT NULL DEFAULT 14;

-- step 1.33.0 collections-manage
ALTER TABLE users_collections ADD COLUMN manage BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE collections_groups ADD COLUMN manage BOOLEAN NOT NULL DEFAULT FALSE;

-- step 1.35.0 sso-nonce
CREATE TABLE sso_nonce (
  nonce      VARCHAR(255) NOT NULL PRIMARY KEY,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- step 1.35.0 members-invited-by
ALTER TABLE users_organizations ADD COLUMN invited_by_email TEXT DEFAULT NULL;

-- step 1.35.0 sso-nonce-state
DROP TABLE sso_nonce;
CREATE TABLE sso_nonce (
  state        VARCHAR(255) NOT NULL PRIMARY KEY,
  nonce        TEXT NOT NULL,
  verifier     TEXT,
  redirect_uri TEXT NOT NULL,
  created_at   DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- step 1.35.0 sso-users
CREATE TABLE sso_users (
  user_uuid  CHAR(36) NOT NULL PRIMARY KEY,
  identifier VARCHAR(255) NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(),
  CONSTRAINT sso_users_user_uuid_fkey FOREIGN KEY (user_uuid) REFERENCES users (uuid)
);

-- step 1.35.0 sso-users-cascade
ALTER TABLE sso_users DROP FOREIGN KEY sso_users_user_uuid_fkey;
ALTER TABLE sso_users ADD CONSTRAINT sso_users_user_uuid_fkey
  FOREIGN KEY (user_uuid) REFERENCES users (uuid) ON UPDATE CASCADE ON DELETE CASCADE;

-- step 1.35.0 sso-auth
DROP TABLE sso_nonce;
CREATE TABLE sso_auth (
  state            VARCHAR(255) NOT NULL PRIMARY KEY,
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
  user_uuid   CHAR(36) NOT NULL,
  cipher_uuid CHAR(36) NOT NULL,
  archived_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (user_uuid, cipher_uuid),
  FOREIGN KEY (user_uuid) REFERENCES users (uuid) ON DELETE CASCADE,
  FOREIGN KEY (cipher_uuid) REFERENCES ciphers (uuid) ON DELETE CASCADE
);

-- step 1.36.0 sso-auth-binding
ALTER TABLE sso_auth ADD COLUMN binding_hash TEXT;

-- step 1.37.0 sso-auth-error
ALTER TABLE sso_auth ADD COLUMN code_response_error TEXT;
