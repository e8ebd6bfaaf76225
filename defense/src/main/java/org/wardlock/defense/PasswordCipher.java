package org.wardlock.defense;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.wardlock.defense.BlockTransform.FormatPreserving;

/**
 * The format-preserving cipher of the published FFX transform: Bellare, Rogaway and Spies' FFX,
 * method 2, ten rounds of HMAC-SHA1 over decimal digits, as the Python package pyffx computes it.
 * It serves to reproduce published keys and nothing else.
 */
final class PasswordCipher {
  private static final int ROUNDS = 10;
  private static final int RADIX = 10;
  private static final int PIXEL_DIGITS = 3;

  private final Mac mac;

  /**
   * A cipher for one password.
   *
   * @throws IllegalArgumentException if the password is empty
   */
  PasswordCipher(byte[] password) {
    try {
      mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(password, "HmacSHA1"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA1: this JDK refused it; expected a standard one", e);
    }
  }

  /** The codes of the 256 values of a pixel. */
  static int[] pixelTable(byte[] password) {
    var cipher = new PasswordCipher(password);
    var table = new int[FormatPreserving.LEVELS];
    Arrays.setAll(table, level -> cipher.encrypt(level, PIXEL_DIGITS));
    return table;
  }

  /** Encrypts a number of this many decimal digits, leading zeros included, to another. */
  int encrypt(int number, int digits) {
    int[] left = digitsOf(number / power(digits - digits / 2), digits / 2);
    int[] right = digitsOf(number % power(digits - digits / 2), digits - digits / 2);
    for (int round = 0; round < ROUNDS; round++) {
      int[] sum = roundFunction(round, right, left.length);
      for (int i = 0; i < sum.length; i++) {
        sum[i] = (sum[i] + left[i]) % RADIX;
      }
      left = right;
      right = sum;
    }
    return numberOf(left) * power(right.length) + numberOf(right);
  }

  /** Digits of a MAC of round and half, the least significant first. One MAC gives 48 of them. */
  private int[] roundFunction(int round, int[] half, int count) {
    var message =
        ByteBuffer.allocate((half.length + 2) * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(round);
    for (int digit : half) {
      message.putInt(digit);
    }
    message.putInt(0); // the counter of MACs
    var rest = new BigInteger(1, mac.doFinal(message.array()));
    var result = new int[count];
    for (int i = 0; i < count; i++) {
      BigInteger[] parts = rest.divideAndRemainder(BigInteger.TEN);
      result[i] = parts[1].intValue();
      rest = parts[0];
    }
    return result;
  }

  private static int[] digitsOf(int number, int count) {
    var digits = new int[count];
    int rest = number;
    for (int i = count - 1; i >= 0; i--) {
      digits[i] = rest % RADIX;
      rest /= RADIX;
    }
    return digits;
  }

  private static int numberOf(int[] digits) {
    int number = 0;
    for (int digit : digits) {
      number = number * RADIX + digit;
    }
    return number;
  }

  private static int power(int exponent) {
    int power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= RADIX;
    }
    return power;
  }
}
