package org.wardlock.tensor.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.wardlock.tensor.spi.Backend;

/**
 * A backend without its fused operations: primitives are passed on, the rest are the composed
 * defaults over them.
 */
final class PrimitivesOnly {
  private PrimitivesOnly() {}

  static Backend of(Backend backend) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          try {
            return method.invoke(backend, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, handler);
  }
}
