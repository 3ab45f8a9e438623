package io.wardbell.vault;

/// Whether a relation's row is there in each [View]. A row that left keeps its place in the settled
/// view until that is made anew.
enum Standing {
  /// In both.
  KEPT,
  /// Not yet in the settled view.
  ARRIVED,
  /// In the settled view only.
  DEPARTED;

  boolean in(View view) {
    return switch (this) {
      case KEPT -> true;
      case ARRIVED -> view == View.CURRENT;
      case DEPARTED -> view == View.SETTLED;
    };
  }

  /// The standing after the row was written (again).
  Standing afterInsert() {
    return this == DEPARTED ? KEPT : this;
  }
}
