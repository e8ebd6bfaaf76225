package org.wardlock.tensor.spi;

/**
 * The fixed part of Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), as PyTorch
 * orders the arithmetic: p -= lr / correction1 * m / (sqrt(v) / sqrt(correction2) + epsilon).
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root
 * @param weightDecay decoupled: p *= 1 - lr * weightDecay first; else added to the gradient as an
 *     L2 penalty
 * @param decoupled AdamW if true, Adam if false
 */
public record AdamSettings(
    float beta1, float beta2, float epsilon, float weightDecay, boolean decoupled) {}
