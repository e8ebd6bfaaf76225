package org.wardlock.tensor.cpu.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.wardlock.tensor.cpu.Coefficients.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The elementary functions of {@code org.wardlock.tensor.cpu.Elementary}, step for step, a vector
 * at a time.
 *
 * <p>Each calls helpers first and goes on by methods of the Vector API alone: after 18,000 nodes
 * (some eighty operations) C2 inlines nothing else, and a vector that is passed to a call is boxed,
 * which costs tenfold. A benchmark tells.
 */
final class VectorElementary {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private static final int SIGN_BIT = 0x80000000;

  private VectorElementary() {}

  static FloatVector exp(FloatVector x) {
    FloatVector y = x.blend(EXP_HIGHEST, x.compare(GT, EXP_HIGHEST));
    y = y.blend(EXP_LOWEST, y.compare(LT, EXP_LOWEST));
    FloatVector shifted = y.fma(broadcast(SPECIES, LOG2_E), broadcast(SPECIES, ROUNDER));
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = exponent.lanewise(ASHR, 1);
    return expOfRemainder(y, shifted.sub(ROUNDER)).mul(power(half)).mul(power(exponent.sub(half)));
  }

  static FloatVector expOfNegative(FloatVector x) {
    FloatVector shifted = x.fma(broadcast(SPECIES, LOG2_E), broadcast(SPECIES, ROUNDER));
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS).max(-127);
    FloatVector power = exponent.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
    return expOfRemainder(x, shifted.sub(ROUNDER)).mul(power);
  }

  private static FloatVector expOfRemainder(FloatVector x, FloatVector n) {
    FloatVector r = n.fma(broadcast(SPECIES, -LN2_LOW), n.fma(broadcast(SPECIES, -LN2_HIGH), x));
    FloatVector p = broadcast(SPECIES, EXP_4).fma(r, broadcast(SPECIES, EXP_3));
    p = p.fma(r, broadcast(SPECIES, EXP_2));
    p = p.fma(r, broadcast(SPECIES, EXP_1));
    p = p.fma(r, broadcast(SPECIES, EXP_0));
    return p.fma(r, broadcast(SPECIES, 1f)).fma(r, broadcast(SPECIES, 1f));
  }

  private static FloatVector power(IntVector n) {
    return n.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> denormal = x.compare(LT, Float.MIN_NORMAL);
    FloatVector normal = x.blend(x.mul(0x1p23f), denormal);
    FloatVector shift = FloatVector.zero(SPECIES).blend(-23f, denormal);
    return exceptions(x, logOfNormal(normal, shift));
  }

  static FloatVector logOfNormal(FloatVector x, FloatVector shift) {
    IntVector bits = x.reinterpretAsInts();
    IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, 23);
    FloatVector f = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
    FloatVector n = exponent.add(ROUNDER_BITS).reinterpretAsFloats().sub(ROUNDER).add(shift);
    FloatVector p = broadcast(SPECIES, LOG_7).fma(f, broadcast(SPECIES, LOG_6));
    p = p.fma(f, broadcast(SPECIES, LOG_5));
    p = p.fma(f, broadcast(SPECIES, LOG_4));
    p = p.fma(f, broadcast(SPECIES, LOG_3));
    p = p.fma(f, broadcast(SPECIES, LOG_2));
    p = p.fma(f, broadcast(SPECIES, LOG_1));
    p = p.fma(f, broadcast(SPECIES, LOG_0));
    FloatVector square = f.mul(f);
    FloatVector correction = square.fma(broadcast(SPECIES, -0.5f), p.mul(square.mul(f)));
    FloatVector tail = n.fma(broadcast(SPECIES, LN2_LOW), correction);
    return n.fma(broadcast(SPECIES, LN2_HIGH), f.add(tail));
  }

  private static FloatVector exceptions(FloatVector x, FloatVector log) {
    FloatVector result = x.blend(log, x.compare(LT, Float.POSITIVE_INFINITY));
    result = result.blend(Float.NaN, x.compare(LT, 0f));
    return result.blend(Float.NEGATIVE_INFINITY, x.eq(0f));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector e = expOfNegative(a.blend(TANH_LARGEST, a.compare(GT, TANH_LARGEST)).mul(-2f));
    FloatVector square = a.mul(a);
    FloatVector p = broadcast(SPECIES, TANH_4).fma(square, broadcast(SPECIES, TANH_3));
    p = p.fma(square, broadcast(SPECIES, TANH_2));
    p = p.fma(square, broadcast(SPECIES, TANH_1));
    p = p.fma(square, broadcast(SPECIES, TANH_0));
    FloatVector small = p.fma(a.mul(square), a);
    FloatVector large = broadcast(SPECIES, 1f).sub(e).div(e.add(1f));
    IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
    FloatVector result = large.blend(small, a.compare(LT, TANH_SMALL));
    return result.reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector deviations = a.mul(SQRT_2);
    FloatVector gauss = gauss(deviations);
    FloatVector above = tail(deviations).mul(gauss).blend(0f, deviations.compare(GT, TAIL_END));
    FloatVector large = above.fma(broadcast(SPECIES, -2f), broadcast(SPECIES, 1f));
    FloatVector square = a.mul(a);
    FloatVector p = broadcast(SPECIES, ERF_5).fma(square, broadcast(SPECIES, ERF_4));
    p = p.fma(square, broadcast(SPECIES, ERF_3));
    p = p.fma(square, broadcast(SPECIES, ERF_2));
    p = p.fma(square, broadcast(SPECIES, ERF_1));
    p = p.fma(square, broadcast(SPECIES, ERF_0));
    IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
    FloatVector result = large.blend(p.mul(a), a.compare(LT, ERF_SMALL));
    return result.reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    return broadcast(SPECIES, 1f).blend(e, x.compare(LT, 0f)).div(e.add(1f));
  }

  static FloatVector gelu(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector gauss = gauss(a);
    FloatVector above = tail(a).mul(gauss);
    FloatVector product = a.mul(above).blend(0f, a.compare(GT, TAIL_END));
    return x.blend(0f, x.compare(LT, 0f)).sub(product);
  }

  static FloatVector geluDerivative(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector gauss = gauss(a);
    FloatVector left = a.fma(broadcast(SPECIES, -INVERSE_SQRT_2_PI), tail(a)).mul(gauss);
    left = left.blend(0f, a.compare(GT, TAIL_END));
    return broadcast(SPECIES, 1f).sub(left).blend(left, x.compare(LT, 0f));
  }

  static FloatVector erfDerivative(FloatVector x) {
    return exp(x.mul(x).neg()).mul(ERF_0);
  }

  static FloatVector gauss(FloatVector a) {
    FloatVector square = a.mul(a);
    FloatVector shifted =
        square.fma(broadcast(SPECIES, GAUSS_EXPONENT), broadcast(SPECIES, ROUNDER));
    FloatVector f =
        square.fma(broadcast(SPECIES, GAUSS_EXPONENT), broadcast(SPECIES, ROUNDER).sub(shifted));
    FloatVector p = broadcast(SPECIES, POWER_6).fma(f, broadcast(SPECIES, POWER_5));
    p = p.fma(f, broadcast(SPECIES, POWER_4));
    p = p.fma(f, broadcast(SPECIES, POWER_3));
    p = p.fma(f, broadcast(SPECIES, POWER_2));
    p = p.fma(f, broadcast(SPECIES, POWER_1));
    IntVector mantissa = p.fma(f, broadcast(SPECIES, 1f)).reinterpretAsInts();
    return mantissa.add(shifted.reinterpretAsInts().lanewise(LSHL, 23)).reinterpretAsFloats();
  }

  static FloatVector tail(FloatVector a) {
    FloatVector p = broadcast(SPECIES, TAIL_12).fma(a, broadcast(SPECIES, TAIL_11));
    p = p.fma(a, broadcast(SPECIES, TAIL_10));
    p = p.fma(a, broadcast(SPECIES, TAIL_9));
    p = p.fma(a, broadcast(SPECIES, TAIL_8));
    p = p.fma(a, broadcast(SPECIES, TAIL_7));
    p = p.fma(a, broadcast(SPECIES, TAIL_6));
    p = p.fma(a, broadcast(SPECIES, TAIL_5));
    p = p.fma(a, broadcast(SPECIES, TAIL_4));
    p = p.fma(a, broadcast(SPECIES, TAIL_3));
    p = p.fma(a, broadcast(SPECIES, TAIL_2));
    p = p.fma(a, broadcast(SPECIES, TAIL_1));
    return p.fma(a, broadcast(SPECIES, TAIL_0));
  }

  /** floor, by a sum that has no room for a fraction; numbers from 2^23 on have none. */
  static FloatVector floor(FloatVector x) {
    FloatVector nearest = round(x);
    return nearest.blend(nearest.sub(1f), nearest.compare(GT, x));
  }

  static FloatVector round(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector whole = a.add(0x1p23f).sub(0x1p23f);
    IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
    FloatVector result = a.blend(whole, a.compare(LT, 0x1p23f));
    return result.reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  /** Zero keeps its sign, NaN stays. */
  static FloatVector sign(FloatVector x) {
    return x.blend(1f, x.compare(GT, 0f)).blend(-1f, x.compare(LT, 0f));
  }
}
