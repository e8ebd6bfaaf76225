package org.wardlock.tensor.testing;

/**
 * What every backend must do, operation by operation: implement this in a test class of the
 * backend's module and give the backend.
 *
 * <p>Each operation runs over operands that are contiguous, transposed, sliced, spaced and
 * repeated, in sizes 0, 1, odd and large, and is compared with double-precision references within
 * {@link Tolerance}; equal operands must give equal bits, run twice, placed differently, or
 * computed alone instead of within a batch; operations with a composed default are compared with
 * it.
 */
public interface BackendContract
    extends MemoryContract,
        MovementContract,
        CastContract,
        PointwiseContract,
        ReductionContract,
        ProductContract,
        ConvolutionContract,
        DepthwiseContract,
        NormalizationContract,
        ActivatedNormContract,
        MixerContract,
        AttentionContract,
        OptimizerContract,
        RandomContract,
        StridesContract {}
