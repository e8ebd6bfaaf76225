package org.wardlock.tensor.spi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.wardlock.tensor.DType;

/**
 * Memory of one backend, owned by those who hold shares in it: tensors, views, the tape. A new
 * storage has one share. When the last share is released the memory goes back to the backend's pool
 * and this object is dead for good; memory whose shares were forgotten is collected with the
 * object. Safe to share among threads.
 */
public abstract class Storage {
  private static final VarHandle SHARES;

  static {
    try {
      SHARES = MethodHandles.lookup().findVarHandle(Storage.class, "shares", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Backend backend;
  private final DType dtype;
  private final long size;

  private volatile int shares = 1;
  private volatile int version;

  /**
   * Called by backends.
   *
   * @param size elements, at least 0
   */
  protected Storage(Backend backend, DType dtype, long size) {
    this.backend = backend;
    this.dtype = dtype;
    this.size = size;
  }

  /** Whose memory this is. */
  public final Backend backend() {
    return backend;
  }

  /** The element type. */
  public final DType dtype() {
    return dtype;
  }

  /** How many elements it has room for. */
  public final long size() {
    return size;
  }

  /** Whether the last share has been released. */
  public final boolean isReleased() {
    return shares <= 0;
  }

  /**
   * Adds a share.
   *
   * @throws IllegalStateException if the last one was released already
   */
  public final void retain() {
    int before;
    do {
      before = shares;
      if (before <= 0) {
        throw new IllegalStateException(
            "storage of " + size + " " + dtype + " elements was released already");
      }
    } while (!SHARES.compareAndSet(this, before, before + 1));
  }

  /**
   * Gives up a share; the last one returns the memory.
   *
   * @throws IllegalStateException if there was none left
   */
  public final void release() {
    int before = (int) SHARES.getAndAdd(this, -1);
    if (before == 1) {
      recycle();
    } else if (before <= 0) {
      throw new IllegalStateException(
          "storage of " + size + " " + dtype + " elements was released more than once");
    }
  }

  /**
   * How often the content was changed in place: what the tape saved must not have changed before it
   * is read.
   */
  public final int version() {
    return version;
  }

  /** Notes a change in place. Only one thread may change a storage at a time. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  public final void changed() {
    version = version + 1;
  }

  /** Returns the memory to the backend; called once, by the last release. */
  protected abstract void recycle();
}
