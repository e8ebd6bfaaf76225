package org.wardlock.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.data.SharedFiles;

/**
 * The bytes of Pillow 12.3.0 with libjpeg-turbo 3.1.4, as the first 16 digits of SHA-256: decoded,
 * resized to 97 x 203 (bicubic), to 411 x 61 (bilinear), and the part from (10, 20) to (150, 120)
 * resized to 64 x 64 (bicubic).
 */
class PillowAgreementTest {

  @ParameterizedTest
  @CsvSource({
    "imagenet-sample/val/n01491361/n01491361_tiger_shark.JPEG, f3c4555fd80ef42f, d9873a706cb5a7ad, 042587ccfe7b5f01, 8ab8f2ac4dd1a87f",
    "imagenet-sample/val/n03042490/n03042490_cliff_dwelling.JPEG, dc7b9684aeec991d, f09d10d2b3f0131b, 1c86811236a4ef3b, 292f4eaccc1cc3ce",
    "imagenet-sample/val/n02096051/n02096051_Airedale.JPEG, 95fa689a5d10c121, 0df1c10309195594, 74ce8df8ca0ae266, cf537fc110fded37",
    "photos10/val/n01440764/n01440764_13251.JPEG, 4f4bda6d32cdcaa0, 477046f11ad635cd, 4fa6a01e6ea48c9a, a8db2035ec2ef55c",
    "photos10/val/n03394916/n03394916_16781.JPEG, bd7975c8260437f7, 129ef534f280c23c, 08471422291bdb2c, 1a5348313ca6a616",
    "photos10/val/n02102040/n02102040_681.JPEG, c2f5de09518d0efb, b4bf2c460b021082, 27e4fa79f5165682, b4579d2be7684657",
    "caltech10/val/Faces_easy/image_0055.jpg, 4222e9b095dfe8ab, 21939a2473314333, 3d2c8f5ec69264ac, bafc4a1404101dfe",
    "caltech10/val/car_side/image_0004.jpg, b5bae16025fc06a9, 2617d4453a163973, 88b337b3c331dfd5, 96e989e469dfcd28"
  })
  void decodesAndResizesToTheSameBytes(
      String file, String decoded, String bicubic, String bilinear, String region)
      throws IOException {
    Picture picture = PictureDecoder.decode(Files.readAllBytes(SharedFiles.get("data/" + file)));
    assertEquals(decoded, digest(picture));
    assertEquals(bicubic, digest(Resize.to(picture, 97, 203, Interpolation.BICUBIC)));
    assertEquals(bilinear, digest(Resize.to(picture, 411, 61, Interpolation.BILINEAR)));
    assertEquals(
        region,
        digest(Resize.region(picture, new Box(10, 20, 140, 100), 64, 64, Interpolation.BICUBIC)));
  }

  private static String digest(Picture picture) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(picture.rgb());
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
