package org.wardlock.tensor.cpu.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.wardlock.tensor.cpu.Coefficients.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.RandomKernel;
import org.wardlock.tensor.cpu.ScalarRandom;
import org.wardlock.tensor.spi.Distribution;

/**
 * Random numbers by the Vector API: a vector of counters at a time, so four vectors of words. These
 * lie one behind the other until all is computed, and are woven into the order of the stream last.
 */
public final class VectorRandom implements RandomKernel {
  private static final VectorSpecies<Float> SPECIES = VectorElementary.SPECIES;
  private static final VectorSpecies<Integer> WORDS = SPECIES.withLanes(int.class);
  private static final VectorSpecies<Long> PAIRS = SPECIES.withLanes(long.class);
  private static final int LANES = SPECIES.length();
  private static final int BLOCK = 4 * LANES;

  /** Numbers that stay in the first-level cache from one step to the next. */
  private static final int CHUNK = 4096;

  private static final long LOW_32 = 0xFFFFFFFFL;
  private static final VectorShuffle<Float> WEAVE_FRONT = VectorShuffle.makeZip(SPECIES, 0);
  private static final VectorShuffle<Float> WEAVE_BACK = VectorShuffle.makeZip(SPECIES, 1);

  private final RandomKernel scalar = new ScalarRandom();

  @Override
  public void fill(
      Distribution distribution,
      long seed,
      int purpose,
      long stream,
      long position,
      float[] out,
      int outOffset,
      int length) {
    // Up to the next counter, and behind the last whole block, by the scalar twin.
    int head = Math.min(length, (int) -position & 3);
    scalar.fill(distribution, seed, purpose, stream, position, out, outOffset, head);
    int end = head + (length - head) / BLOCK * BLOCK;
    for (int at = head; at < end; at += CHUNK) {
      int count = Math.min(CHUNK, end - at);
      int counter = (int) (position + at >>> 2);
      words(seed, counter, purpose, stream, out, outOffset + at, count);
      makeUniform(out, outOffset + at, count);
      if (distribution == Distribution.NORMAL) {
        makeNormal(out, outOffset + at, count);
      }
      weave(out, outOffset + at, count);
    }
    scalar.fill(
        distribution, seed, purpose, stream, position + end, out, outOffset + end, length - end);
  }

  /** Words, as the bits of floats. */
  private static void words(
      long seed, int counter, int purpose, long stream, float[] out, int from, int count) {
    LongVector multiplier0 = LongVector.broadcast(PAIRS, ScalarRandom.MULTIPLIER_0 & LOW_32);
    LongVector multiplier1 = LongVector.broadcast(PAIRS, ScalarRandom.MULTIPLIER_1 & LOW_32);
    for (int at = 0; at < count; at += BLOCK) {
      IntVector c0 = IntVector.broadcast(WORDS, counter + at / 4).addIndex(1);
      IntVector c1 = IntVector.broadcast(WORDS, purpose);
      IntVector c2 = IntVector.broadcast(WORDS, (int) stream);
      IntVector c3 = IntVector.broadcast(WORDS, (int) (stream >>> 32));
      int k0 = (int) seed;
      int k1 = (int) (seed >>> 32);
      for (int round = 0; round < ScalarRandom.ROUNDS; round++) {
        LongVector even0 = c0.reinterpretAsLongs().and(LOW_32).mul(multiplier0);
        LongVector odd0 = c0.reinterpretAsLongs().lanewise(LSHR, 32).mul(multiplier0);
        LongVector even1 = c2.reinterpretAsLongs().and(LOW_32).mul(multiplier1);
        LongVector odd1 = c2.reinterpretAsLongs().lanewise(LSHR, 32).mul(multiplier1);
        LongVector high0 = even0.lanewise(LSHR, 32).or(odd0.and(~LOW_32));
        LongVector high1 = even1.lanewise(LSHR, 32).or(odd1.and(~LOW_32));
        LongVector low0 = even0.and(LOW_32).or(odd0.lanewise(LSHL, 32));
        LongVector low1 = even1.and(LOW_32).or(odd1.lanewise(LSHL, 32));
        c0 =
            high1
                .reinterpretAsInts()
                .lanewise(VectorOperators.XOR, c1)
                .lanewise(VectorOperators.XOR, k0);
        c1 = low1.reinterpretAsInts();
        c2 =
            high0
                .reinterpretAsInts()
                .lanewise(VectorOperators.XOR, c3)
                .lanewise(VectorOperators.XOR, k1);
        c3 = low0.reinterpretAsInts();
        k0 += ScalarRandom.WEYL_0;
        k1 += ScalarRandom.WEYL_1;
      }
      c0.reinterpretAsFloats().intoArray(out, from + at);
      c1.reinterpretAsFloats().intoArray(out, from + at + LANES);
      c2.reinterpretAsFloats().intoArray(out, from + at + 2 * LANES);
      c3.reinterpretAsFloats().intoArray(out, from + at + 3 * LANES);
    }
  }

  /** By itself: behind ten rounds C2 would put each vector it hands to a method on the heap. */
  private static void makeUniform(float[] values, int from, int count) {
    for (int at = from; at < from + count; at += LANES) {
      IntVector word = FloatVector.fromArray(SPECIES, values, at).reinterpretAsInts();
      FloatVector whole = (FloatVector) word.lanewise(LSHR, 8).convert(VectorOperators.I2F, 0);
      whole.mul(0x1p-24f).intoArray(values, at);
    }
  }

  /** Box and Muller, on neighbouring vectors. */
  private static void makeNormal(float[] values, int from, int count) {
    for (int at = from; at < from + count; at += 2 * LANES) {
      FloatVector radius = radius(FloatVector.fromArray(SPECIES, values, at));
      FloatVector quarters = FloatVector.fromArray(SPECIES, values, at + LANES).mul(4f);
      FloatVector shifted = quarters.add(ROUNDER);
      FloatVector r = quarters.sub(shifted.sub(ROUNDER));
      FloatVector square = r.mul(r);
      FloatVector sin = broadcast(SPECIES, SIN_3).fma(square, broadcast(SPECIES, SIN_2));
      sin = sin.fma(square, broadcast(SPECIES, SIN_1));
      sin = sin.fma(square, broadcast(SPECIES, SIN_0)).mul(r);
      FloatVector cos = broadcast(SPECIES, COS_3).fma(square, broadcast(SPECIES, COS_2));
      cos = cos.fma(square, broadcast(SPECIES, COS_1));
      cos = cos.fma(square, broadcast(SPECIES, COS_0)).fma(square, broadcast(SPECIES, 1f));
      // The lowest bits of the shifted number are the quarter of the turn.
      IntVector quarter = shifted.reinterpretAsInts();
      VectorMask<Float> odd = quarter.and(1).eq(1).cast(SPECIES);
      IntVector sinSign = quarter.and(2).lanewise(LSHL, 30);
      IntVector cosSign = quarter.add(1).and(2).lanewise(LSHL, 30);
      IntVector x = cos.blend(sin, odd).reinterpretAsInts().lanewise(VectorOperators.XOR, cosSign);
      IntVector y = sin.blend(cos, odd).reinterpretAsInts().lanewise(VectorOperators.XOR, sinSign);
      radius.mul(x.reinterpretAsFloats()).intoArray(values, at);
      radius.mul(y.reinterpretAsFloats()).intoArray(values, at + LANES);
    }
  }

  private static FloatVector radius(FloatVector uniform) {
    FloatVector positive = broadcast(SPECIES, 1f).sub(uniform);
    return VectorElementary.logOfNormal(positive, FloatVector.zero(SPECIES)).mul(-2f).sqrt();
  }

  private static void weave(float[] values, int from, int count) {
    for (int at = from; at < from + count; at += BLOCK) {
      FloatVector first = FloatVector.fromArray(SPECIES, values, at);
      FloatVector second = FloatVector.fromArray(SPECIES, values, at + LANES);
      FloatVector third = FloatVector.fromArray(SPECIES, values, at + 2 * LANES);
      FloatVector fourth = FloatVector.fromArray(SPECIES, values, at + 3 * LANES);
      FloatVector evenFront = first.rearrange(WEAVE_FRONT, third);
      FloatVector evenBack = first.rearrange(WEAVE_BACK, third);
      FloatVector oddFront = second.rearrange(WEAVE_FRONT, fourth);
      FloatVector oddBack = second.rearrange(WEAVE_BACK, fourth);
      evenFront.rearrange(WEAVE_FRONT, oddFront).intoArray(values, at);
      evenFront.rearrange(WEAVE_BACK, oddFront).intoArray(values, at + LANES);
      evenBack.rearrange(WEAVE_FRONT, oddBack).intoArray(values, at + 2 * LANES);
      evenBack.rearrange(WEAVE_BACK, oddBack).intoArray(values, at + 3 * LANES);
    }
  }
}
