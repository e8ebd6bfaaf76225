package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.spi.*;

/** What the CPU backend does not do fast yet: slow, and replaced piece by piece. */
abstract class InterimBackend implements Backend {
  private final CpuContext context;
  private final ArrayPool pool;

  InterimBackend(CpuContext context) {
    this.context = context;
    pool = context.pool();
  }

  static void relu(float[] values, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      values[i] = apply(UnaryOp.RELU, values[i]);
    }
  }

  static void gelu(float[] values, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      values[i] = apply(UnaryOp.GELU, values[i]);
    }
  }

  private static float[] f(Operand o) {
    return (float[]) ((CpuStorage) o.storage()).array();
  }

  private static Object a(Operand o) {
    return ((CpuStorage) o.storage()).array();
  }

  static double erf(double x) {
    double t = Math.abs(x);
    double r;
    if (t < 3) {
      double sum = t;
      double term = t;
      for (int n = 1; n < 60; n++) {
        term *= -t * t / n;
        sum += term / (2 * n + 1);
      }
      r = 2 / Math.sqrt(Math.PI) * sum;
    } else {
      double c = 0;
      for (int k = 40; k > 0; k--) c = k / 2.0 / (t + c);
      r = 1 - Math.exp(-t * t) / Math.sqrt(Math.PI) / (t + c);
    }
    return Math.copySign(r, x);
  }

  private static float apply(UnaryOp op, float x) {
    return switch (op) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case FLOOR -> (float) Math.floor(x);
      case ROUND -> (float) Math.rint(x);
      case SQUARE -> x * x;
      case SQRT -> (float) Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> (float) Math.exp(x);
      case LOG -> (float) Math.log(x);
      case TANH -> (float) Math.tanh(x);
      case ERF -> (float) erf(x);
      case SIGMOID -> (float) (1 / (1 + Math.exp(-x)));
      case RELU -> Math.max(x, 0f);
      case GELU -> (float) (0.5 * x * (1 + erf(x / Math.sqrt(2))));
    };
  }

  private static double derivative(UnaryOp op, double s) {
    return switch (op) {
      case NEGATE -> -1;
      case ABS -> Math.signum(s);
      case SIGN, FLOOR, ROUND -> 0;
      case SQUARE -> 2 * s;
      case SQRT -> 0.5 / s;
      case RECIPROCAL -> -s * s;
      case EXP -> s;
      case LOG -> 1 / s;
      case TANH -> 1 - s * s;
      case ERF -> 2 / Math.sqrt(Math.PI) * Math.exp(-s * s);
      case SIGMOID -> s * (1 - s);
      case RELU -> s > 0 ? 1 : 0;
      case GELU ->
          0.5 * (1 + erf(s / Math.sqrt(2))) + s * Math.exp(-s * s / 2) / Math.sqrt(2 * Math.PI);
    };
  }

  @Override
  public void unary(UnaryOp op, Operand x, Operand out) {
    float[] p = f(x);
    float[] q = f(out);
    Rows.each(
        (n, off, st) -> {
          for (int i = 0; i < n; i++) q[off[1] + i * st[1]] = apply(op, p[off[0] + i * st[0]]);
        },
        x,
        out);
  }

  @Override
  public void unaryGradient(UnaryOp op, Operand saved, Operand g, Operand out) {
    float[] p = f(saved);
    float[] gg = f(g);
    float[] q = f(out);
    Rows.each(
        (n, off, st) -> {
          for (int i = 0; i < n; i++)
            q[off[2] + i * st[2]] =
                (float) (gg[off[1] + i * st[1]] * derivative(op, p[off[0] + i * st[0]]));
        },
        saved,
        g,
        out);
  }

  @Override
  public void affine(Operand x, float scale, float shift, Operand out) {
    float[] p = f(x);
    float[] q = f(out);
    Rows.each(
        (n, off, st) -> {
          for (int i = 0; i < n; i++)
            q[off[1] + i * st[1]] = Math.fma(scale, p[off[0] + i * st[0]], shift);
        },
        x,
        out);
  }

  @Override
  public void clamp(Operand x, float low, float high, Operand out) {
    float[] p = f(x);
    float[] q = f(out);
    Rows.each(
        (n, off, st) -> {
          for (int i = 0; i < n; i++)
            q[off[1] + i * st[1]] = Math.min(Math.max(p[off[0] + i * st[0]], low), high);
        },
        x,
        out);
  }

  private static float apply(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MINIMUM -> Math.min(a, b);
      case MAXIMUM -> Math.max(a, b);
      case LESS -> a < b ? 1 : 0;
      case LESS_OR_EQUAL -> a <= b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
    };
  }

  @Override
  public void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    float[] p = f(a);
    float[] r = f(b);
    float[] q = f(out);
    Rows.each(
        (n, off, st) -> {
          for (int i = 0; i < n; i++)
            q[off[2] + i * st[2]] = apply(op, p[off[0] + i * st[0]], r[off[1] + i * st[1]]);
        },
        a,
        b,
        out);
  }

  @Override
  public void multiplyAdd(Operand a, Operand b, Operand c, Operand out) {
    float[] p = f(a);
    float[] r = f(b);
    float[] s = f(c);
    float[] q = f(out);
    Rows.each(
        (n, off, st) -> {
          for (int i = 0; i < n; i++)
            q[off[3] + i * st[3]] =
                Math.fma(p[off[0] + i * st[0]], r[off[1] + i * st[1]], s[off[2] + i * st[2]]);
        },
        a,
        b,
        c,
        out);
  }

  @Override
  public void where(Operand condition, Operand a, Operand b, Operand out) {
    float[] c = f(condition);
    float[] p = f(a);
    float[] r = f(b);
    float[] q = f(out);
    Rows.each(
        (n, off, st) -> {
          for (int i = 0; i < n; i++)
            q[off[3] + i * st[3]] =
                c[off[0] + i * st[0]] != 0 ? p[off[1] + i * st[1]] : r[off[2] + i * st[2]];
        },
        condition,
        a,
        b,
        out);
  }

  @Override
  public void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    int rank = x.shape().rank();
    int[] order = new int[rank];
    int k = 0;
    boolean[] red = new boolean[rank];
    for (int axis : axes) red[axis] = true;
    for (int i = 0; i < rank; i++) if (!red[i]) order[k++] = i;
    int kept = k;
    for (int i = 0; i < rank; i++) if (red[i]) order[k++] = i;
    float[] v = new float[(int) x.shape().count()];
    Layout permuted = x.layout().permute(order);
    CpuStorage tmp = new CpuStorage(this, pool, DType.F32, v.length);
    copy(x.with(permuted), new Operand(tmp, Layout.contiguous(permuted.shape())));
    int outer = 1;
    for (int i = 0; i < kept; i++) outer *= permuted.shape().extent(i);
    int n = 1;
    for (int i = kept; i < rank; i++) n *= permuted.shape().extent(i);
    float[] q = f(out);
    int base = (int) out.layout().offset();
    float[] lanes = new float[16];
    for (int o = 0; o < outer; o++) {
      float identity =
          op == ReduceOp.MAX
              ? Float.NEGATIVE_INFINITY
              : op == ReduceOp.MIN ? Float.POSITIVE_INFINITY : 0;
      Arrays.fill(lanes, identity);
      for (int i = 0; i < n; i++)
        lanes[i & 15] = combine(op, lanes[i & 15], ((float[]) tmp.array())[o * n + i]);
      for (int w = 8; w > 0; w >>= 1)
        for (int l = 0; l < w; l++) lanes[l] = combine(op, lanes[l], lanes[l + w]);
      q[base + o] = op == ReduceOp.MEAN ? lanes[0] / n : lanes[0];
    }
  }

  private static float combine(ReduceOp op, float a, float b) {
    return switch (op) {
      case SUM, MEAN -> a + b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }

  @Override
  public void random(
      Distribution distribution, long seed, int purpose, Operand streams, Operand out) {
    long[] s = (long[]) a(streams);
    float[] q = f(out);
    int rows = out.shape().extent(0);
    int columns = out.shape().extent(1);
    for (int r = 0; r < rows; r++) {
      Philox philox =
          new Philox(
              seed, purpose, s[(int) (streams.layout().offset() + r * streams.layout().stride(0))]);
      for (int j = 0; j < columns; j++) {
        float v;
        if (distribution == Distribution.UNIFORM) v = philox.uniform(j);
        else {
          double radius = Math.sqrt(-2 * Math.log(1 - philox.uniform(j & ~1)));
          double angle = 2 * Math.PI * philox.uniform(j | 1);
          v = (float) (radius * ((j & 1) == 0 ? Math.cos(angle) : Math.sin(angle)));
        }
        q[(int) out.layout().offset() + r * columns + j] = v;
      }
    }
  }

  private Operand dense(Operand x) {
    if (x.layout().isContiguous()) return x;
    Operand c =
        new Operand(
            new CpuStorage(this, pool, x.dtype(), (int) x.shape().count()),
            Layout.contiguous(x.shape()));
    copy(x, c);
    return c;
  }

  @Override
  public void softmax(Operand x, boolean log, Operand out) {
    float[] p = f(dense(x));
    int b = (int) dense(x).layout().offset();
    float[] q = f(out);
    int o = (int) out.layout().offset();
    Operand d = dense(x);
    p = f(d);
    b = (int) d.layout().offset();
    int n = x.shape().extent(-1);
    int rows = n == 0 ? 0 : (int) (x.shape().count() / n);
    for (int r = 0; r < rows; r++) {
      float m = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) m = Math.max(m, p[b + r * n + i]);
      double sum = 0;
      for (int i = 0; i < n; i++) sum += Math.exp(p[b + r * n + i] - m);
      for (int i = 0; i < n; i++)
        q[o + r * n + i] =
            (float)
                (log ? p[b + r * n + i] - m - Math.log(sum) : Math.exp(p[b + r * n + i] - m) / sum);
    }
  }

  @Override
  public void softmaxBackward(Operand y, Operand g, boolean log, Operand out) {
    Operand yd = dense(y);
    Operand gd = dense(g);
    float[] p = f(yd);
    float[] h = f(gd);
    int b = (int) yd.layout().offset();
    int c = (int) gd.layout().offset();
    float[] q = f(out);
    int n = y.shape().extent(-1);
    int rows = n == 0 ? 0 : (int) (y.shape().count() / n);
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int i = 0; i < n; i++)
        sum += log ? h[c + r * n + i] : h[c + r * n + i] * (double) p[b + r * n + i];
      for (int i = 0; i < n; i++) {
        double v = p[b + r * n + i];
        double w = h[c + r * n + i];
        q[r * n + i] = (float) (log ? w - Math.exp(v) * sum : v * (w - sum));
      }
    }
  }

  @Override
  public void layerNorm(
      Operand x, Operand w, Operand bi, float eps, Operand out, Operand mean, Operand rstd) {
    Operand d = dense(x);
    float[] p = f(d);
    int b = (int) d.layout().offset();
    float[] ww = f(dense(w));
    float[] bb = f(dense(bi));
    int wo = (int) w.layout().offset();
    int bo = (int) bi.layout().offset();
    int n = x.shape().extent(-1);
    int rows = n == 0 ? 0 : (int) (x.shape().count() / n);
    for (int r = 0; r < rows; r++) {
      double m = 0;
      for (int i = 0; i < n; i++) m += p[b + r * n + i];
      m /= n;
      double v = 0;
      for (int i = 0; i < n; i++) {
        double e = p[b + r * n + i] - m;
        v += e * e;
      }
      double rs = 1 / Math.sqrt(v / n + eps);
      f(mean)[r] = (float) m;
      f(rstd)[r] = (float) rs;
      for (int i = 0; i < n; i++)
        f(out)[r * n + i] = (float) ((p[b + r * n + i] - m) * rs * ww[wo + i] + bb[bo + i]);
    }
  }

  @Override
  public void layerNormBackward(
      Operand x,
      Operand w,
      Operand mean,
      Operand rstd,
      Operand g,
      Optional<Operand> gx,
      Optional<Operand> gw,
      Optional<Operand> gb) {
    Operand d = dense(x);
    float[] p = f(d);
    int b = (int) d.layout().offset();
    Operand gd = dense(g);
    float[] h = f(gd);
    int c = (int) gd.layout().offset();
    float[] ww = f(w);
    int wo = (int) w.layout().offset();
    int n = x.shape().extent(-1);
    int rows = n == 0 ? 0 : (int) (x.shape().count() / n);
    double[] sw = new double[n];
    double[] sb = new double[n];
    for (int r = 0; r < rows; r++) {
      double m = f(mean)[(int) mean.layout().offset() + r];
      double rs = f(rstd)[(int) rstd.layout().offset() + r];
      double s1 = 0;
      double s2 = 0;
      for (int i = 0; i < n; i++) {
        double xh = (p[b + r * n + i] - m) * rs;
        double q = h[c + r * n + i] * (double) ww[wo + i];
        s1 += q;
        s2 += q * xh;
        sw[i] += h[c + r * n + i] * xh;
        sb[i] += h[c + r * n + i];
      }
      if (gx.isPresent())
        for (int i = 0; i < n; i++) {
          double xh = (p[b + r * n + i] - m) * rs;
          f(gx.get())[r * n + i] =
              (float) (rs * (h[c + r * n + i] * (double) ww[wo + i] - s1 / n - xh * s2 / n));
        }
    }
    gw.ifPresent(
        o -> {
          for (int i = 0; i < n; i++) f(o)[i] = (float) sw[i];
        });
    gb.ifPresent(
        o -> {
          for (int i = 0; i < n; i++) f(o)[i] = (float) sb[i];
        });
  }

  @Override
  public void batchNorm(
      Operand x, Operand w, Operand bi, float eps, Operand out, Operand mean, Operand var) {
    Operand d = dense(x);
    float[] p = f(d);
    int b = (int) d.layout().offset();
    int N = x.shape().extent(0);
    int C = x.shape().extent(1);
    int S = (int) (x.shape().count() / N / C);
    for (int ch = 0; ch < C; ch++) {
      double m = 0;
      for (int n = 0; n < N; n++) for (int i = 0; i < S; i++) m += p[b + (n * C + ch) * S + i];
      m /= (double) N * S;
      double v = 0;
      for (int n = 0; n < N; n++)
        for (int i = 0; i < S; i++) {
          double e = p[b + (n * C + ch) * S + i] - m;
          v += e * e;
        }
      v /= (double) N * S;
      f(mean)[ch] = (float) m;
      f(var)[ch] = (float) v;
      double sc = f(w)[(int) w.layout().offset() + ch] / Math.sqrt(v + eps);
      double sh = f(bi)[(int) bi.layout().offset() + ch] - m * sc;
      for (int n = 0; n < N; n++)
        for (int i = 0; i < S; i++) {
          int at = (n * C + ch) * S + i;
          f(out)[at] = (float) (p[b + at] * sc + sh);
        }
    }
  }

  @Override
  public void batchNormBackward(
      Operand x,
      Operand w,
      Operand mean,
      Operand var,
      float eps,
      Operand g,
      Optional<Operand> gx,
      Optional<Operand> gw,
      Optional<Operand> gb) {
    Operand d = dense(x);
    float[] p = f(d);
    int b = (int) d.layout().offset();
    Operand gd = dense(g);
    float[] h = f(gd);
    int c = (int) gd.layout().offset();
    int N = x.shape().extent(0);
    int C = x.shape().extent(1);
    int S = (int) (x.shape().count() / N / C);
    double M = (double) N * S;
    for (int ch = 0; ch < C; ch++) {
      double m = f(mean)[(int) mean.layout().offset() + ch];
      double rs = 1 / Math.sqrt(f(var)[(int) var.layout().offset() + ch] + eps);
      double s1 = 0;
      double s2 = 0;
      for (int n = 0; n < N; n++)
        for (int i = 0; i < S; i++) {
          int at = (n * C + ch) * S + i;
          s1 += h[c + at];
          s2 += h[c + at] * (p[b + at] - m) * rs;
        }
      double sc = f(w)[(int) w.layout().offset() + ch] * rs;
      if (gx.isPresent())
        for (int n = 0; n < N; n++)
          for (int i = 0; i < S; i++) {
            int at = (n * C + ch) * S + i;
            f(gx.get())[at] = (float) (sc * (h[c + at] - s1 / M - (p[b + at] - m) * rs * s2 / M));
          }
      if (gw.isPresent()) f(gw.get())[ch] = (float) s2;
      if (gb.isPresent()) f(gb.get())[ch] = (float) s1;
    }
  }

  @Override
  public void crossEntropy(Operand logits, Operand target, Operand loss, Operand grad) {
    Operand d = dense(logits);
    float[] p = f(d);
    int b = (int) d.layout().offset();
    Operand td = dense(target);
    float[] t = f(td);
    int c = (int) td.layout().offset();
    int n = logits.shape().extent(1);
    for (int r = 0; r < logits.shape().extent(0); r++) {
      double m = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) m = Math.max(m, p[b + r * n + i]);
      double sum = 0;
      for (int i = 0; i < n; i++) sum += Math.exp(p[b + r * n + i] - m);
      double lse = m + Math.log(sum);
      double l = 0;
      double ts = 0;
      for (int i = 0; i < n; i++) {
        l += t[c + r * n + i] * (lse - p[b + r * n + i]);
        ts += t[c + r * n + i];
      }
      f(loss)[r] = (float) l;
      for (int i = 0; i < n; i++)
        f(grad)[r * n + i] = (float) (Math.exp(p[b + r * n + i] - lse) * ts - t[c + r * n + i]);
    }
  }

  @Override
  public void sgdStep(SgdSettings s, Operand p, Operand g, Operand buf, Operand lr) {
    float l = f(lr)[(int) lr.layout().offset()];
    float[] pp = f(p);
    float[] gg = f(dense(g));
    float[] bb = f(buf);
    int po = (int) p.layout().offset();
    int go = (int) g.layout().offset();
    int bo = (int) buf.layout().offset();
    for (int i = 0; i < p.shape().count(); i++) {
      float d = gg[go + i] + s.weightDecay() * pp[po + i];
      if (s.momentum() != 0) {
        bb[bo + i] = s.momentum() * bb[bo + i] + d;
        d = s.nesterov() ? d + s.momentum() * bb[bo + i] : bb[bo + i];
      }
      pp[po + i] -= l * d;
    }
  }

  @Override
  public void adamStep(AdamSettings s, Operand p, Operand g, Operand m, Operand v, Operand sc) {
    float[] c = f(sc);
    int co = (int) sc.layout().offset();
    float lr = c[co];
    float[] pp = f(p);
    float[] gg = f(g);
    float[] mm = f(m);
    float[] vv = f(v);
    int po = (int) p.layout().offset();
    int go = (int) g.layout().offset();
    int mo = (int) m.layout().offset();
    int vo = (int) v.layout().offset();
    double r2 = Math.sqrt(c[co + 2]);
    for (int i = 0; i < p.shape().count(); i++) {
      float d = gg[go + i];
      if (s.decoupled()) pp[po + i] *= 1 - lr * s.weightDecay();
      else d += s.weightDecay() * pp[po + i];
      mm[mo + i] = s.beta1() * mm[mo + i] + (1 - s.beta1()) * d;
      vv[vo + i] = s.beta2() * vv[vo + i] + (1 - s.beta2()) * d * d;
      pp[po + i] -=
          (float) (lr / c[co + 1] * mm[mo + i] / (Math.sqrt(vv[vo + i]) / r2 + s.epsilon()));
    }
  }
}
