package org.wardlock.tensor.cpu;

import static org.wardlock.tensor.cpu.Coefficients.*;
import static org.wardlock.tensor.cpu.Fma.fma;

/**
 * Elementary functions of one float from multiply, add and fma alone: the interpreter and every
 * compiler give the same bits, which {@link Math} does not promise. Within 2 ulp (exp, log) or 4
 * ulp (tanh, erf, sigmoid) of the true value, denormal results included.
 */
final class Elementary {
  private Elementary() {}

  /** e to the x. */
  static float exp(float x) {
    float y = x > EXP_HIGHEST ? EXP_HIGHEST : x < EXP_LOWEST ? EXP_LOWEST : x;
    float shifted = fma(y, LOG2_E, ROUNDER);
    int exponent = Float.floatToRawIntBits(shifted) - ROUNDER_BITS;
    // Two factors: neither overflows nor is denormal, and only the last product is rounded.
    int half = exponent >> 1;
    return expOfRemainder(y, shifted - ROUNDER) * power(half) * power(exponent - half);
  }

  /** e to the x for -1000 &lt; x &lt;= 0; results that would be denormal are 0. */
  static float expOfNegative(float x) {
    float shifted = fma(x, LOG2_E, ROUNDER);
    int exponent = Float.floatToRawIntBits(shifted) - ROUNDER_BITS;
    return expOfRemainder(x, shifted - ROUNDER) * power(Math.max(exponent, -127));
  }

  /** exp(x - n ln 2). */
  private static float expOfRemainder(float x, float n) {
    float r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x));
    float p = fma(EXP_4, r, EXP_3);
    p = fma(p, r, EXP_2);
    p = fma(p, r, EXP_1);
    p = fma(p, r, EXP_0);
    return fma(fma(p, r, 1f), r, 1f);
  }

  /** 2 to the n for n from -126 to 127; 0 for -127. */
  private static float power(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }

  /** The natural logarithm. */
  static float log(float x) {
    boolean denormal = x < Float.MIN_NORMAL;
    float result = denormal ? logOfNormal(x * 0x1p23f, -23f) : logOfNormal(x, 0f);
    if (!(x < Float.POSITIVE_INFINITY)) {
      return x;
    }
    return x > 0f ? result : x < 0f ? Float.NaN : Float.NEGATIVE_INFINITY;
  }

  /** The logarithm of 2^shift x for a positive normal number x. */
  static float logOfNormal(float x, float shift) {
    int bits = Float.floatToRawIntBits(x);
    int exponent = (bits - SQRT_HALF_BITS) >> 23;
    float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
    float n = exponent + shift;
    float p = fma(LOG_7, f, LOG_6);
    p = fma(p, f, LOG_5);
    p = fma(p, f, LOG_4);
    p = fma(p, f, LOG_3);
    p = fma(p, f, LOG_2);
    p = fma(p, f, LOG_1);
    p = fma(p, f, LOG_0);
    float square = f * f;
    float tail = fma(n, LN2_LOW, fma(-0.5f, square, p * (square * f)));
    return fma(n, LN2_HIGH, f + tail);
  }

  /** The hyperbolic tangent. */
  static float tanh(float x) {
    float a = Math.abs(x);
    float square = a * a;
    float p = fma(TANH_4, square, TANH_3);
    p = fma(p, square, TANH_2);
    p = fma(p, square, TANH_1);
    p = fma(p, square, TANH_0);
    float small = fma(p, a * square, a);
    float e = expOfNegative(-2f * (a > TANH_LARGEST ? TANH_LARGEST : a));
    return withSignOf(x, a < TANH_SMALL ? small : (1f - e) / (1f + e));
  }

  /** The error function. */
  static float erf(float x) {
    float a = Math.abs(x);
    float square = a * a;
    float p = fma(ERF_5, square, ERF_4);
    p = fma(p, square, ERF_3);
    p = fma(p, square, ERF_2);
    p = fma(p, square, ERF_1);
    p = fma(p, square, ERF_0);
    float large = fma(-2f, above(a * SQRT_2), 1f);
    return withSignOf(x, a < ERF_SMALL ? p * a : large);
  }

  /** 1 / (1 + exp(-x)). */
  static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    return (x < 0f ? e : 1f) / (1f + e);
  }

  /**
   * x Phi(x) = max(x, 0) - |x| (1 - Phi(|x|)): without the cancellation in 1 + erf for negative x.
   */
  static float gelu(float x) {
    float a = Math.abs(x);
    float product = a > TAIL_END ? 0f : a * (tail(a) * gauss(a));
    return (x < 0f ? 0f : x) - product;
  }

  /** Phi(x) + x phi(x). */
  static float geluDerivative(float x) {
    float a = Math.abs(x);
    float left = a > TAIL_END ? 0f : fma(a, -INVERSE_SQRT_2_PI, tail(a)) * gauss(a);
    return x < 0f ? left : 1f - left;
  }

  /** 2 / sqrt(pi) exp(-x^2). */
  static float erfDerivative(float x) {
    return ERF_0 * exp(-(x * x));
  }

  /** 1 - Phi(a). */
  private static float above(float a) {
    return a > TAIL_END ? 0f : tail(a) * gauss(a);
  }

  /** exp(-a^2 / 2) for a up to {@link Coefficients#TAIL_END}. */
  private static float gauss(float a) {
    float square = a * a;
    float shifted = fma(square, GAUSS_EXPONENT, ROUNDER);
    float f = fma(square, GAUSS_EXPONENT, ROUNDER - shifted);
    float p = fma(POWER_6, f, POWER_5);
    p = fma(p, f, POWER_4);
    p = fma(p, f, POWER_3);
    p = fma(p, f, POWER_2);
    p = fma(p, f, POWER_1);
    int mantissa = Float.floatToRawIntBits(fma(p, f, 1f));
    return Float.intBitsToFloat(mantissa + (Float.floatToRawIntBits(shifted) << 23));
  }

  /** exp(a^2 / 2) (1 - Phi(a)). */
  private static float tail(float a) {
    float p = fma(TAIL_12, a, TAIL_11);
    p = fma(p, a, TAIL_10);
    p = fma(p, a, TAIL_9);
    p = fma(p, a, TAIL_8);
    p = fma(p, a, TAIL_7);
    p = fma(p, a, TAIL_6);
    p = fma(p, a, TAIL_5);
    p = fma(p, a, TAIL_4);
    p = fma(p, a, TAIL_3);
    p = fma(p, a, TAIL_2);
    p = fma(p, a, TAIL_1);
    return fma(p, a, TAIL_0);
  }

  /** cos(2 pi t) for t from 0 to 1. */
  static float cosOfTurns(float t) {
    float quarters = 4f * t;
    float nearest = (quarters + ROUNDER) - ROUNDER;
    float r = quarters - nearest;
    int quarter = (int) nearest;
    float result = (quarter & 1) == 0 ? cosOfQuarters(r) : sinOfQuarters(r);
    // Negative from a quarter to three quarters: two bits say so, the sign bit takes it.
    int sign = (quarter + 1 & 2) << 30;
    return Float.intBitsToFloat(Float.floatToRawIntBits(result) ^ sign);
  }

  /** sin(2 pi t) for t from 0 to 1. */
  static float sinOfTurns(float t) {
    float quarters = 4f * t;
    float nearest = (quarters + ROUNDER) - ROUNDER;
    float r = quarters - nearest;
    int quarter = (int) nearest;
    float result = (quarter & 1) == 0 ? sinOfQuarters(r) : cosOfQuarters(r);
    int sign = (quarter & 2) << 30;
    return Float.intBitsToFloat(Float.floatToRawIntBits(result) ^ sign);
  }

  private static float sinOfQuarters(float r) {
    float square = r * r;
    float p = fma(SIN_3, square, SIN_2);
    p = fma(p, square, SIN_1);
    p = fma(p, square, SIN_0);
    return p * r;
  }

  private static float cosOfQuarters(float r) {
    float square = r * r;
    float p = fma(COS_3, square, COS_2);
    p = fma(p, square, COS_1);
    p = fma(p, square, COS_0);
    return fma(p, square, 1f);
  }

  private static float withSignOf(float x, float result) {
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(result) | Float.floatToRawIntBits(x) & 0x80000000);
  }
}
