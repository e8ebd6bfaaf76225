package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelectionTest {
  private static final PictureShape SHAPE = new PictureShape(3, 2, 2);

  @TempDir Path folder;

  private final MemoryDataset dataset = new MemoryDataset(20, 4, SHAPE);

  private static long[] ids(Dataset dataset) {
    return LongStream.range(0, dataset.size()).map(i -> dataset.id((int) i)).toArray();
  }

  private Path list(String text) throws IOException {
    return Files.writeString(folder.resolve("ids.txt"), text);
  }

  private String refusal(String text) throws IOException {
    Path file = list(text);
    String message =
        assertThrows(DataException.class, () -> Selection.ids(file).of(dataset)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring(file.toString().length() + 2);
  }

  @Test
  void allIsTheDataSetItself() {
    assertEquals(dataset, Selection.ALL.of(dataset));
  }

  @Test
  void aListSelectsByNameAndByNumberInItsOrder() throws IOException {
    Dataset selected =
        Selection.ids(list("picture-7\n\n# a comment\n 3 \r\npicture-11\n")).of(dataset);
    assertArrayEquals(new long[] {7, 3, 11}, ids(selected));
    assertEquals("picture-3", selected.name(1));
    assertEquals(3, selected.label(0));
    assertEquals(dataset.picture(11), selected.picture(2));
    assertEquals(Optional.of(SHAPE), selected.shape());
    byte[] pixels = new byte[1 + SHAPE.values()];
    selected.copyPixels(2, pixels, 1);
    assertEquals(dataset.value(11, 0), pixels[1]);
  }

  @Test
  void unsoundListsAreRefused() throws IOException {
    assertEquals(
        "line 2: 'picture-20' is no picture of the data set; expected one of its 20 names, such as 'picture-0', or a number from 0",
        refusal("3\npicture-20\n"));
    assertEquals("line 3: picture 'picture-3' is listed twice", refusal("3\n4\npicture-3\n"));
    assertEquals(
        "lists no picture; expected a name or number on each line", refusal("# nothing\n\n"));
    Path absent = folder.resolve("absent.txt");
    assertTrue(
        assertThrows(DataException.class, () -> Selection.ids(absent).of(dataset))
            .getMessage()
            .startsWith(absent + ": no such file"));
  }

  @Test
  void aLimitAppliesToWhatTheListSelects() throws IOException {
    var selection = new Selection(Optional.of(list("1\n2\n3\n5\n")), OptionalInt.of(3), 0);
    Dataset selected = selection.of(dataset);
    assertEquals(3, selected.size());
    for (long id : ids(selected)) {
      assertTrue(id == 1 || id == 2 || id == 3 || id == 5);
    }
  }

  @Test
  void aLimitBeyondTheSizeKeepsEverything() {
    assertEquals(20, Selection.limit(1000, 0).of(dataset).size());
  }

  @Test
  void aLimitMustBePositive() {
    assertThrows(DataException.class, () -> Selection.limit(0, 0));
  }

  @Test
  void everySelectionHasItsOwnIdentity() {
    DataIdentity five = Selection.limit(5, 0).of(dataset).identity();
    assertEquals(5, five.count());
    assertEquals(five, Selection.limit(5, 0).of(dataset).identity());
    assertNotEquals(five.digest(), Selection.limit(5, 1).of(dataset).identity().digest());
    assertNotEquals(five.digest(), Selection.limit(6, 0).of(dataset).identity().digest());
    assertNotEquals(five.digest(), dataset.identity().digest());
  }
}
