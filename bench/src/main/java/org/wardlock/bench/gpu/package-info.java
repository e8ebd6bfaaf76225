/** What bench/gpu/run.sh measures of Wardlock on a GPU. */
package org.wardlock.bench.gpu;
