package io.wardbell.source.sqlite.wal;

/// Which pages are to be looked at again.
interface ChangedPages {
  boolean has(int page);

  /// Page numbers, in no order, some perhaps twice.
  int[] pages();

  /// No pages.
  ChangedPages NONE =
      new ChangedPages() {
        private final int[] none = {};

        @Override
        public boolean has(int page) {
          return false;
        }

        @Override
        public int[] pages() {
          return none;
        }
      };

  /// A set of pages, whatever made them change.
  static ChangedPages of(PageFrames set) {
    int[] all = set.pages();
    PageFrames copy = new PageFrames();
    for (int page : all) {
      copy.put(page, 1);
    }
    return new ChangedPages() {
      @Override
      public boolean has(int page) {
        return copy.get(page) != 0;
      }

      @Override
      public int[] pages() {
        return all;
      }
    };
  }
}
