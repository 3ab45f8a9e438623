-- Lets Wardbell follow the vault's database on PostgreSQL 12 to 18.
--
-- Run it in the vault's database, as the owner of the vault's tables or as a superuser:
--     psql -d vaultwarden -f setup.sql
-- It makes (or repairs; run it again at any time, for example after a restore):
--   * a role that may replicate and may read, by SQL, the ids and dates below and nothing else;
--   * a publication of whole tables, only of those below, and only where that cannot hurt the
--     server: a published table without a usable key refuses the server's UPDATE and DELETE.
-- It changes no table and no row. What it leaves out, and why, it says as a WARNING.
--
-- The role gets no password here. Set one afterwards:
--     ALTER ROLE wardbell PASSWORD '...';
--
-- Column lists (PostgreSQL 15 and newer) keep the other columns out of the replication stream:
--     SET wardbell.column_lists = on;    before this file, in the same session
-- Caveat: a column in a list can be neither dropped nor retyped, so an update of the server that
-- does so fails, and the server does not start. Take the lists away before you update it (run this
-- file without the setting). The lists are tidiness, not protection: a role that may replicate can
-- read every column through a slot of its own.
DO $setup$
DECLARE
  role_name        text := 'wardbell'; -- @role
  publication_name text := 'wardbell'; -- @publication
  schema_name      text := 'public';   -- @schema

  -- What Wardbell reads. Older servers lack some of it. Never devices: it has tokens in it, and the
  -- server has changed its primary key once.
  wanted text[] := ARRAY[
    'users: uuid, updated_at, security_stamp, equivalent_domains, excluded_globals, enabled',
    'users_organizations: uuid, user_uuid, org_uuid, status, atype, access_all',
    'ciphers: uuid, user_uuid, organization_uuid, updated_at, deleted_at',
    'folders: uuid, user_uuid, updated_at',
    'sends: uuid, user_uuid, revision_date, access_count',
    'ciphers_collections: cipher_uuid, collection_uuid',
    'users_collections: user_uuid, collection_uuid, read_only, hide_passwords, manage',
    'folders_ciphers: cipher_uuid, folder_uuid',
    'favorites: user_uuid, cipher_uuid',
    'archives: user_uuid, cipher_uuid',
    'attachments: id, cipher_uuid',
    'collections: uuid, org_uuid',
    'groups: uuid, organizations_uuid, access_all',
    'groups_users: groups_uuid, users_organizations_uuid',
    'collections_groups: collections_uuid, groups_uuid, read_only, hide_passwords, manage',
    'organizations: uuid',
    'org_policies: uuid, org_uuid, atype, enabled',
    'auth_requests: uuid, user_uuid, request_device_identifier, response_device_id, approved, '
      'creation_date, response_date',
    'emergency_access: uuid, grantor_uuid, grantee_uuid, status'
  ];

  version        integer := current_setting('server_version_num')::integer;
  lists_asked    boolean :=
    coalesce(nullif(current_setting('wardbell.column_lists', true), ''), 'off')::boolean;
  schema_oid     oid;
  role_oid       oid;
  publication    pg_publication;
  entry          text;
  relation_name  text;
  relation       pg_class;
  key_index      pg_index;
  column_names   text[];
  list_numbers   smallint[];
  listed         smallint[];
  filtered       boolean;
  found_table    boolean := false;
  reason         text;
  fix            text;
  published      oid[] := '{}';
  published_text text[] := '{}';
  absent         text[] := '{}';
  member         record;
BEGIN
  -- Waiting for a lock would make the server's own statements queue behind this one.
  PERFORM set_config('lock_timeout', '5s', true);

  -- 1. Is this the vault's database?
  SELECT oid INTO schema_oid FROM pg_namespace WHERE nspname = schema_name;
  FOREACH entry IN ARRAY wanted LOOP
    found_table := found_table OR EXISTS (
      SELECT 1 FROM pg_class
      WHERE relnamespace = schema_oid AND relname = split_part(entry, ': ', 1));
  END LOOP;
  IF NOT found_table THEN
    RAISE EXCEPTION 'database "%" has no table of the vault server in schema "%"',
      current_database(), schema_name
      USING HINT = 'Run this in the vault''s database, after the server has made its tables.';
  END IF;

  -- 2. The role.
  SELECT oid INTO role_oid FROM pg_roles WHERE rolname = role_name;
  IF role_oid IS NULL THEN
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN REPLICATION', role_name);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION 'user "%" may not make a role that replicates', current_user
        USING HINT = format('Let an administrator run: CREATE ROLE %I LOGIN REPLICATION; '
          'and then run this file again.', role_name);
    END;
    SELECT oid INTO role_oid FROM pg_roles WHERE rolname = role_name;
    RAISE NOTICE 'role "%" made; it has no password yet: ALTER ROLE % PASSWORD ''...'';',
      role_name, quote_ident(role_name);
  ELSIF NOT (SELECT rolcanlogin AND (rolreplication OR EXISTS (
      SELECT 1 FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
      WHERE m.member = role_oid AND g.rolname = 'rds_replication'))
    FROM pg_roles WHERE oid = role_oid) THEN
    BEGIN
      EXECUTE format('ALTER ROLE %I LOGIN REPLICATION', role_name);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION 'role "%" may not replicate, and user "%" may not change that',
        role_name, current_user
        USING HINT = format('Let an administrator run: ALTER ROLE %I LOGIN REPLICATION; '
          'and then run this file again.', role_name);
    END;
  END IF;
  BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema_name, role_name);
  EXCEPTION WHEN insufficient_privilege THEN
    NULL; -- Not ours to grant; what counts is checked next.
  END;
  IF NOT has_database_privilege(role_name, current_database(), 'CONNECT') THEN
    RAISE WARNING 'role "%" may not connect: GRANT CONNECT ON DATABASE % TO %;',
      role_name, quote_ident(current_database()), quote_ident(role_name);
  END IF;
  IF NOT has_schema_privilege(role_name, schema_oid, 'USAGE') THEN
    RAISE WARNING 'role "%" may not use the schema: GRANT USAGE ON SCHEMA % TO %;',
      role_name, quote_ident(schema_name), quote_ident(role_name);
  END IF;

  -- 3. All that the role was ever granted on the schema's tables goes; what it needs comes back
  -- below, in the same transaction.
  FOR member IN
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = schema_oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND (
      EXISTS (SELECT 1 FROM aclexplode(c.relacl) x WHERE x.grantee = role_oid)
      OR EXISTS (SELECT 1 FROM pg_attribute a, aclexplode(a.attacl) x
                 WHERE a.attrelid = c.oid AND x.grantee = role_oid))
  LOOP
    BEGIN
      EXECUTE format('REVOKE ALL ON TABLE %I.%I FROM %I', schema_name, member.relname, role_name);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'what role "%" may do with table "%" was not reset: user "%" does not own it',
        role_name, member.relname, current_user;
    END;
  END LOOP;

  -- 4. The publication, without tables at first.
  SELECT * INTO publication FROM pg_publication WHERE pubname = publication_name;
  IF publication.oid IS NOT NULL THEN
    reason := NULL;
    IF publication.puballtables THEN
      reason := 'it was FOR ALL TABLES';
    ELSIF version >= 150000 THEN
      EXECUTE
        'SELECT ''it was for whole schemas'' FROM pg_publication_namespace '
        'WHERE pnpubid = $1 LIMIT 1'
        INTO reason USING publication.oid;
    END IF;
    IF reason IS NOT NULL THEN
      EXECUTE format('DROP PUBLICATION %I', publication_name);
      RAISE NOTICE 'publication "%" is made anew: %', publication_name, reason;
      publication := NULL;
    ELSIF NOT (publication.pubinsert AND publication.pubupdate
               AND publication.pubdelete AND publication.pubtruncate) THEN
      EXECUTE format(
        'ALTER PUBLICATION %I SET (publish = ''insert, update, delete, truncate'')',
        publication_name);
    END IF;
  END IF;
  IF publication.oid IS NULL THEN
    BEGIN
      EXECUTE format(
        'CREATE PUBLICATION %I WITH (publish = ''insert, update, delete, truncate'')',
        publication_name);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION 'user "%" may not make a publication in database "%"',
        current_user, current_database()
        USING HINT = format('Let an administrator run: GRANT CREATE ON DATABASE %I TO %I; '
          'and then run this file again.', current_database(), current_user);
    END;
    SELECT * INTO publication FROM pg_publication WHERE pubname = publication_name;
  END IF;
  IF lists_asked AND version < 150000 THEN
    RAISE WARNING 'column lists need PostgreSQL 15 or newer: whole tables are published';
    lists_asked := false;
  END IF;

  -- 5. Table by table.
  FOREACH entry IN ARRAY wanted LOOP
    relation_name := split_part(entry, ': ', 1);
    SELECT * INTO relation FROM pg_class
    WHERE relnamespace = schema_oid AND relname = relation_name;
    IF relation.oid IS NULL THEN
      absent := absent || relation_name;
      CONTINUE;
    END IF;
    SELECT * INTO key_index FROM pg_index WHERE indrelid = relation.oid AND indisprimary;
    fix := NULL;
    reason := CASE
      WHEN relation.relkind <> 'r' THEN 'it is not an ordinary table'
      WHEN relation.relpersistence <> 'p' THEN 'it is not logged'
      WHEN key_index.indexrelid IS NULL
        THEN 'it has no primary key, so the server''s UPDATE and DELETE would fail'
      WHEN NOT (key_index.indimmediate AND key_index.indisvalid)
        THEN 'its primary key is deferrable, so the server''s UPDATE and DELETE would fail'
      WHEN relation.relreplident = 'n'
        THEN 'it has REPLICA IDENTITY NOTHING, so the server''s UPDATE and DELETE would fail'
      WHEN relation.relreplident = 'i' AND NOT key_index.indisreplident
        THEN 'its replica identity is not its primary key'
    END;
    IF reason IS NOT NULL THEN
      fix := CASE
        WHEN key_index.indexrelid IS NULL
          THEN format('ALTER TABLE %I.%I ADD PRIMARY KEY (...)', schema_name, relation_name)
        WHEN relation.relreplident IN ('n', 'i')
          THEN format('ALTER TABLE %I.%I REPLICA IDENTITY DEFAULT', schema_name, relation_name)
      END;
      RAISE WARNING 'table "%" is left out: %', relation_name, reason
        USING HINT =
          coalesce(fix || '; and then run this file again.', 'Wardbell cannot hear its changes.');
      CONTINUE;
    END IF;

    column_names := ARRAY(
      SELECT a.attname::text FROM pg_attribute a
      WHERE a.attrelid = relation.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attname = ANY (string_to_array(split_part(entry, ': ', 2), ', '))
      ORDER BY a.attnum);
    -- The key is in every list: without it the server's UPDATE and DELETE fail. So they would with
    -- any list under REPLICA IDENTITY FULL.
    list_numbers := NULL;
    IF lists_asked AND relation.relreplident <> 'f' THEN
      list_numbers := ARRAY(
        SELECT a.attnum FROM pg_attribute a
        WHERE a.attrelid = relation.oid AND a.attnum > 0
          AND (a.attname = ANY (column_names) OR a.attnum = ANY (key_index.indkey))
        ORDER BY a.attnum);
    END IF;

    BEGIN
      EXECUTE format('GRANT SELECT (%s) ON TABLE %I.%I TO %I',
        (SELECT string_agg(quote_ident(n), ', ') FROM unnest(column_names) n),
        schema_name, relation_name, role_name);
      IF EXISTS (SELECT 1 FROM pg_publication_rel
                 WHERE prpubid = publication.oid AND prrelid = relation.oid) THEN
        listed := NULL;
        filtered := false;
        IF version >= 150000 THEN
          EXECUTE 'SELECT prattrs::smallint[], prqual IS NOT NULL FROM pg_publication_rel '
            'WHERE prpubid = $1 AND prrelid = $2'
            INTO listed, filtered USING publication.oid, relation.oid;
        END IF;
        IF listed IS DISTINCT FROM list_numbers OR filtered THEN
          EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %I.%I',
            publication_name, schema_name, relation_name);
        END IF;
      END IF;
      IF NOT EXISTS (SELECT 1 FROM pg_publication_rel
                     WHERE prpubid = publication.oid AND prrelid = relation.oid) THEN
        EXECUTE format('ALTER PUBLICATION %I ADD TABLE ONLY %I.%I',
            publication_name, schema_name, relation_name)
          || coalesce(' (' || (
            SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
            WHERE a.attrelid = relation.oid AND a.attnum = ANY (list_numbers)) || ')', '');
      END IF;
      published := published || relation.oid;
      published_text := published_text || relation_name;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'table "%" is left out: user "%" does not own it', relation_name, current_user
        USING HINT = 'Run this file as the owner of the vault''s tables or as a superuser.';
    END;
  END LOOP;

  -- 6. Nothing else is published.
  FOR member IN
    SELECT n.nspname, c.relname FROM pg_publication_rel r
    JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.prpubid = publication.oid AND NOT r.prrelid = ANY (published)
  LOOP
    EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %I.%I',
      publication_name, member.nspname, member.relname);
    RAISE NOTICE 'table "%" is taken out of publication "%"', member.relname, publication_name;
  END LOOP;

  -- 7. What this file cannot change.
  FOR member IN
    SELECT string_agg(c.relname, ', ' ORDER BY c.relname) AS names FROM pg_class c
    WHERE c.relnamespace = schema_oid AND c.relkind IN ('r', 'p')
      AND has_table_privilege(role_oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
  LOOP
    IF member.names IS NOT NULL THEN
      RAISE WARNING 'role "%" may still read or write whole tables: %', role_name, member.names
        USING HINT = 'It is a superuser or a member of another role, or PUBLIC may.';
    END IF;
  END LOOP;
  IF current_setting('wal_level') <> 'logical' THEN
    RAISE WARNING 'wal_level is %, not logical: nothing can be followed',
      current_setting('wal_level')
      USING HINT = 'ALTER SYSTEM SET wal_level = logical; and then restart PostgreSQL.';
  END IF;
  IF current_setting('max_wal_senders')::integer < 1
     OR current_setting('max_replication_slots')::integer < 1 THEN
    RAISE WARNING 'max_wal_senders and max_replication_slots must both be at least 1'
      USING HINT = 'ALTER SYSTEM SET max_wal_senders = 10; '
        'ALTER SYSTEM SET max_replication_slots = 10; and then restart PostgreSQL.';
  END IF;
  RAISE NOTICE 'publication "%" has % tables: %',
    publication_name, cardinality(published_text), array_to_string(published_text, ', ');
  IF cardinality(absent) > 0 THEN
    RAISE NOTICE 'not in this release of the server: %; run this file again after an update',
      array_to_string(absent, ', ');
  END IF;
END
$setup$;
