import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Puts what a mimicry made into one picture: a line for each pair, a column for each budget of DSSIM, the smallest first.
 * {@code java bench/MimicFigure.java RUN FILE.png PAIR...}, where RUN is what {@code wardlock mimic} left.
 */
final class MimicFigure {
  private static final int SIDE = 112;
  private static final int GAP = 4;

  private MimicFigure() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 3) {
      System.err.println("expected RUN FILE.png PAIR...");
      System.exit(2);
    }
    List<Path> budgets = budgets(Path.of(arguments[0]));
    List<String> pairs = List.of(arguments).subList(2, arguments.length);
    var sheet =
        new BufferedImage(
            budgets.size() * (SIDE + GAP) - GAP,
            pairs.size() * (SIDE + GAP) - GAP,
            BufferedImage.TYPE_INT_RGB);
    var pen = sheet.createGraphics();
    pen.setBackground(Color.WHITE);
    pen.clearRect(0, 0, sheet.getWidth(), sheet.getHeight());
    pen.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    for (int line = 0; line < pairs.size(); line++) {
      for (int column = 0; column < budgets.size(); column++) {
        Path file =
            budgets.get(column).resolve("pictures/pair-" + pairs.get(line) + "-adversarial.png");
        int x = column * (SIDE + GAP);
        pen.drawImage(ImageIO.read(file.toFile()), x, line * (SIDE + GAP), SIDE, SIDE, null);
      }
    }
    pen.dispose();
    ImageIO.write(sheet, "png", Path.of(arguments[1]).toFile());
  }

  private static List<Path> budgets(Path run) throws IOException {
    var found = new ArrayList<Path>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(run, "dssim-*")) {
      folders.forEach(found::add);
    }
    found.sort(Comparator.comparingDouble(MimicFigure::budget));
    return found;
  }

  private static double budget(Path folder) {
    return Double.parseDouble(folder.getFileName().toString().substring("dssim-".length()));
  }
}
