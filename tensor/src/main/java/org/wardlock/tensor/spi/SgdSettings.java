package org.wardlock.tensor.spi;

/**
 * The fixed part of stochastic gradient descent as PyTorch defines it: g += weightDecay * p; buffer
 * = momentum * buffer + g; p -= lr * (nesterov ? g + momentum * buffer : buffer). A buffer of zeros
 * makes the first step equal g.
 *
 * @param momentum 0 for none
 * @param weightDecay L2 penalty added to the gradient
 * @param nesterov look-ahead momentum
 */
public record SgdSettings(float momentum, float weightDecay, boolean nesterov) {}
