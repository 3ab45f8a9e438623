package io.wardbell.id;

/// What an [Id] identifies. The kinds exist only as type arguments: an id costs one object, and the
/// compiler still refuses a folder's id where a cipher's is due.
public sealed interface Kind {
  /// `users.uuid`.
  final class User implements Kind {
    private User() {}
  }

  /// `organizations.uuid`.
  final class Organization implements Kind {
    private Organization() {}
  }

  /// `users_organizations.uuid`: a user's place in an organization.
  final class Membership implements Kind {
    private Membership() {}
  }

  /// `collections.uuid`.
  final class Collection implements Kind {
    private Collection() {}
  }

  /// `groups.uuid`.
  final class Group implements Kind {
    private Group() {}
  }

  /// `ciphers.uuid`: a vault item.
  final class Cipher implements Kind {
    private Cipher() {}
  }

  /// `folders.uuid`.
  final class Folder implements Kind {
    private Folder() {}
  }

  /// `sends.uuid`.
  final class Send implements Kind {
    private Send() {}
  }

  /// `attachments.id`.
  final class Attachment implements Kind {
    private Attachment() {}
  }

  /// `auth_requests.uuid`: a login with device.
  final class AuthRequest implements Kind {
    private AuthRequest() {}
  }

  /// `org_policies.uuid`.
  final class Policy implements Kind {
    private Policy() {}
  }

  /// `emergency_access.uuid`.
  final class EmergencyAccess implements Kind {
    private EmergencyAccess() {}
  }
}
