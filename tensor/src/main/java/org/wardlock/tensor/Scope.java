package org.wardlock.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Frees the tensors that were made inside it. Every tensor made while a scope is open belongs to
 * the innermost one of its thread; closing the scope gives up the tensors' shares of their memory,
 * and using one of them afterwards throws. {@link Tensor#keep()} hands a tensor to the enclosing
 * scope. Without an open scope tensors live until {@link Tensor#release()} or the garbage
 * collector: slower, never wrong.
 *
 * <p>A scope belongs to the thread that opened it; scopes close in the reverse order of opening, as
 * try-with-resources does:
 *
 * <pre>{@code
 * try (Scope _ = Scope.open("step")) {
 *   ...
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
  private static final ThreadLocal<Scope> CURRENT = new ThreadLocal<>();

  private final String name;
  private final Scope parent;
  private final Thread owner = Thread.currentThread();
  private final List<Tensor> tensors = new ArrayList<>();
  private boolean closed;

  private Scope(String name, Scope parent) {
    this.name = name;
    this.parent = parent;
  }

  /**
   * Opens a scope inside the thread's current one.
   *
   * @param name appears in the message when a tensor is used after the scope has closed
   */
  public static Scope open(String name) {
    Scope scope = new Scope(name, CURRENT.get());
    CURRENT.set(scope);
    return scope;
  }

  static void adopt(Tensor tensor) {
    Scope scope = CURRENT.get();
    if (scope != null) {
      scope.add(tensor);
    }
  }

  private void add(Tensor tensor) {
    tensors.add(tensor);
    tensor.owner(this);
  }

  /** Hands a tensor of this scope to the enclosing one, or to nobody if there is none. */
  void promote(Tensor tensor) {
    requireOwner();
    if (parent == null) {
      tensor.owner(null);
    } else {
      parent.add(tensor);
    }
  }

  /** Frees what is still this scope's. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    requireOwner();
    if (CURRENT.get() != this) {
      throw new IllegalStateException("scope '" + name + "': an inner scope is still open");
    }
    closed = true;
    if (parent == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(parent);
    }
    for (Tensor tensor : tensors) {
      if (tensor.owner() == this) {
        tensor.release(name);
      }
    }
    tensors.clear();
  }

  private void requireOwner() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "scope '"
              + name
              + "' belongs to thread "
              + owner.getName()
              + ", not "
              + Thread.currentThread().getName());
    }
  }
}
