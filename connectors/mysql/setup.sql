-- Makes Wardbell's role on MySQL; MariaDB takes it, too. Run it once in the vault server's database,
-- as someone who may grant, for instance:  mysql -u root -p vaultwarden < setup.sql
-- The role is locked until it gets a password:
--   ALTER USER 'wardbell'@'%' IDENTIFIED BY '...' ACCOUNT UNLOCK;
-- Run this again after an update of the vault server: it grants what has come since, and changes
-- nothing else. No table, row or setting is changed.
--
-- REPLICATION SLAVE lets a role read every column of every database from the log: guard this
-- password like the vault server's own.

CREATE USER IF NOT EXISTS 'wardbell'@'%' ACCOUNT LOCK;

-- To read the log, and to ask where it ends.
GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'wardbell'@'%';

-- To see how each table is made (SHOW CREATE TABLE), but not what is in it. REFERENCES allows
-- nothing else without the right to make tables.
SET @wardbell_grant = CONCAT('GRANT REFERENCES ON `', DATABASE(),
    '`.* TO ''wardbell''@''%''');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

-- To read these columns and no others; those that this vault server's release does not have yet are
-- left out.

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`users` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'users'
    AND column_name IN ('uuid', 'updated_at', 'security_stamp', 'equivalent_domains',
      'excluded_globals', 'enabled')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`organizations` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'organizations'
    AND column_name IN ('uuid')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`users_organizations` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'users_organizations'
    AND column_name IN ('uuid', 'user_uuid', 'org_uuid', 'status', 'atype',
      'access_all')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`collections` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'collections'
    AND column_name IN ('uuid', 'org_uuid')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`users_collections` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'users_collections'
    AND column_name IN ('user_uuid', 'collection_uuid', 'read_only', 'hide_passwords',
      'manage')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`groups` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'groups'
    AND column_name IN ('uuid', 'organizations_uuid', 'access_all')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`groups_users` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'groups_users'
    AND column_name IN ('groups_uuid', 'users_organizations_uuid')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`collections_groups` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'collections_groups'
    AND column_name IN ('collections_uuid', 'groups_uuid', 'read_only', 'hide_passwords',
      'manage')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`org_policies` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'org_policies'
    AND column_name IN ('uuid', 'org_uuid', 'atype', 'enabled')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`ciphers` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'ciphers'
    AND column_name IN ('uuid', 'user_uuid', 'organization_uuid', 'updated_at',
      'deleted_at')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`ciphers_collections` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'ciphers_collections'
    AND column_name IN ('cipher_uuid', 'collection_uuid')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`folders` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'folders'
    AND column_name IN ('uuid', 'user_uuid', 'updated_at')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`folders_ciphers` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'folders_ciphers'
    AND column_name IN ('cipher_uuid', 'folder_uuid')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`favorites` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'favorites'
    AND column_name IN ('user_uuid', 'cipher_uuid')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`archives` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'archives'
    AND column_name IN ('user_uuid', 'cipher_uuid')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`attachments` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'attachments'
    AND column_name IN ('id', 'cipher_uuid')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`sends` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'sends'
    AND column_name IN ('uuid', 'user_uuid', 'revision_date', 'access_count')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`auth_requests` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'auth_requests'
    AND column_name IN ('uuid', 'user_uuid', 'request_device_identifier', 'response_device_id',
      'approved', 'creation_date', 'response_date')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;

SET @wardbell_grant = IFNULL((
  SELECT CONCAT('GRANT SELECT (', GROUP_CONCAT(column_name), ') ON `',
    DATABASE(), '`.`emergency_access` TO ''wardbell''@''%''')
  FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'emergency_access'
    AND column_name IN ('uuid', 'grantor_uuid', 'grantee_uuid', 'status')), 'DO 0');
PREPARE wardbell_grant FROM @wardbell_grant;
EXECUTE wardbell_grant;
DEALLOCATE PREPARE wardbell_grant;
