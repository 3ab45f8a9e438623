package io.wardbell.source.sqlite.wal;

/// Takes transactions in the order in which they were committed, on the thread that polls. May
/// block: the log is not read meanwhile, and what is overwritten until then is found by comparing
/// rows.
public interface TransactionListener {
  /// One transaction. Not called for commits that touch nothing that is followed.
  void transaction(Transaction transaction) throws InterruptedException;
}
