package org.wardlock.tensor.cpu;

/**
 * The numbers behind exp, log, tanh, erf, GELU, sine and cosine, shared by the scalar and the
 * vector twin.
 *
 * <p>The polynomials are our own: minimax fits by the exchange algorithm of Remez (1934) in double
 * on 4,000 Chebyshev points, with the weight that makes the error of the finished function relative
 * (for the normal tail: absolute), then rounded to float. Each states what it approximates, where,
 * and the largest error of the fit, before rounding. Index i belongs to the i-th power.
 */
public final class Coefficients {
  /** 1.5 * 2^23: a sum with it has the nearest whole number in its lowest bits. */
  public static final float ROUNDER = 0x1.8p23f;

  /** The bits of {@link #ROUNDER}. */
  public static final int ROUNDER_BITS = 0x4B400000;

  /** 1 / ln 2. */
  public static final float LOG2_E = 1.442695f;

  /** ln 2 to 15 bits: a product with an exponent is exact. */
  public static final float LN2_HIGH = 0x1.62e4p-1f;

  /** What is missing from {@link #LN2_HIGH}. */
  public static final float LN2_LOW = 1.4286068e-6f;

  /** exp is infinity above; short of it the exponent must not wrap. */
  public static final float EXP_HIGHEST = 89f;

  /** exp is 0 below, also in denormal numbers. */
  public static final float EXP_LOWEST = -104f;

  // (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2; relative error of exp 3.1e-9.
  public static final float EXP_0 = 4.9999994e-01f;
  public static final float EXP_1 = 1.666652e-01f;
  public static final float EXP_2 = 4.1668396e-02f;
  public static final float EXP_3 = 8.368797e-03f;
  public static final float EXP_4 = 1.3814433e-03f;

  /** The bits of sqrt(1/2): mantissas are taken from there to sqrt(2), so that log(1) is exact. */
  public static final int SQRT_HALF_BITS = 0x3F3504F3;

  // (log(1 + f) - f + f^2 / 2) / f^3 for sqrt(1/2) <= 1 + f <= sqrt(2); relative error of log
  // 5.8e-9.
  public static final float LOG_0 = 3.333333e-01f;
  public static final float LOG_1 = -2.500082e-01f;
  public static final float LOG_2 = 2.0001227e-01f;
  public static final float LOG_3 = -1.6623357e-01f;
  public static final float LOG_4 = 1.4201757e-01f;
  public static final float LOG_5 = -1.3160183e-01f;
  public static final float LOG_6 = 1.2761578e-01f;
  public static final float LOG_7 = -7.634498e-02f;

  /** tanh by its polynomial below, by exp from here. */
  public static final float TANH_SMALL = 0.625f;

  /** tanh is 1 from here, and long before. */
  public static final float TANH_LARGEST = 16f;

  // (tanh(x) / x - 1) / x^2 in s = x^2 for |x| <= 0.625; relative error of tanh 4.1e-9.
  public static final float TANH_0 = -3.3333284e-01f;
  public static final float TANH_1 = 1.3331491e-01f;
  public static final float TANH_2 = -5.3743497e-02f;
  public static final float TANH_3 = 2.0650588e-02f;
  public static final float TANH_4 = -5.717045e-03f;

  /** erf by its polynomial below, by the normal tail from here. */
  public static final float ERF_SMALL = 0.9f;

  // erf(x) / x in s = x^2 for |x| <= 0.9; relative error 1.1e-8.
  public static final float ERF_0 = 1.1283792f;
  public static final float ERF_1 = -3.7612534e-01f;
  public static final float ERF_2 = 1.128223e-01f;
  public static final float ERF_3 = -2.6781958e-02f;
  public static final float ERF_4 = 5.0162286e-03f;
  public static final float ERF_5 = -6.1112945e-04f;

  /** The normal distribution's tail counts as 0 from here, where it is 4e-11. */
  public static final float TAIL_END = 6.5f;

  /** -log2(e) / 2: exp(-a^2 / 2) is 2 to the power of its product with a^2. */
  public static final float GAUSS_EXPONENT = -0.7213475f;

  // 2^f with constant 1 for |f| <= 1/2; relative error 2.0e-9.
  public static final float POWER_1 = 6.931472e-01f;
  public static final float POWER_2 = 2.4022648e-01f;
  public static final float POWER_3 = 5.5503324e-02f;
  public static final float POWER_4 = 9.618437e-03f;
  public static final float POWER_5 = 1.3398874e-03f;
  public static final float POWER_6 = 1.5353362e-04f;

  // exp(a^2 / 2) * (1 - Phi(a)), half the scaled complementary error function, for 0 <= a <= 6.5;
  // error of 1 - Phi 5.4e-9.
  public static final float TAIL_0 = 0.5f;
  public static final float TAIL_1 = -3.989417e-01f;
  public static final float TAIL_2 = 2.4998946e-01f;
  public static final float TAIL_3 = -1.3290668e-01f;
  public static final float TAIL_4 = 6.222994e-02f;
  public static final float TAIL_5 = -2.6009543e-02f;
  public static final float TAIL_6 = 9.591667e-03f;
  public static final float TAIL_7 = -3.0050918e-03f;
  public static final float TAIL_8 = 7.5541314e-04f;
  public static final float TAIL_9 = -1.422005e-04f;
  public static final float TAIL_10 = 1.8414557e-05f;
  public static final float TAIL_11 = -1.4412011e-06f;
  public static final float TAIL_12 = 5.0859306e-08f;

  // sin(pi / 2 r) / r in s = r^2 for |r| <= 1/2; relative error 3.1e-9.
  public static final float SIN_0 = 1.5707964f;
  public static final float SIN_1 = -6.459635e-01f;
  public static final float SIN_2 = 7.968023e-02f;
  public static final float SIN_3 = -4.602177e-03f;

  // (cos(pi / 2 r) - 1) / s in s = r^2 for |r| <= 1/2; error of cos 5.4e-11.
  public static final float COS_0 = -1.2337005e+00f;
  public static final float COS_1 = 2.5366923e-01f;
  public static final float COS_2 = -2.0860288e-02f;
  public static final float COS_3 = 9.0402167e-04f;

  /** sqrt(2). */
  public static final float SQRT_2 = 1.4142135f;

  /** 1 / sqrt(2 pi). */
  public static final float INVERSE_SQRT_2_PI = 3.989423e-01f;

  private Coefficients() {}
}
