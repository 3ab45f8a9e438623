/// Benchmarks: what Wardbell's numbers are, beside the least that is possible and beside what else
/// there is, in one run. Compiled with the tests, of which they use a lot; see [Bench].
@NullMarked
package io.wardbell.bench;

import org.jspecify.annotations.NullMarked;
