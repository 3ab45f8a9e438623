package io.wardbell.pipeline;

import java.time.Instant;

/// What the pipeline is doing, for people and probes.
public sealed interface PipelineState {
  /// There is no model yet.
  record Waiting() implements PipelineState {}

  /// A snapshot is being read; the first one, or one after a gap.
  record Reconciling(boolean first) implements PipelineState {}

  /// Every change is told as it comes.
  ///
  /// @param differences how many things the last snapshot showed to be different
  record Following(Instant since, int differences) implements PipelineState {}

  /// Changes may be missed at present; the next snapshot will tell them.
  record Gap(Instant since, String why) implements PipelineState {}
}
