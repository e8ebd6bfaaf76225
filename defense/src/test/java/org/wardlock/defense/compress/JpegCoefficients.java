package org.wardlock.defense.compress;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the quantised coefficients out of a baseline JPEG file (ITU-T T.81), so that tests see what
 * an encoder wrote and not what a decoder makes of it.
 */
final class JpegCoefficients {
  private static final int[] ZIGZAG = zigzag();

  private final byte[] file;
  private final Map<Integer, int[]> quantization = new HashMap<>();
  private final Map<Integer, Map<Integer, Integer>> huffman = new HashMap<>();
  private final List<Component> components = new ArrayList<>();
  private int height;
  private int width;
  private int at = 2;
  private int bits;
  private int bitCount;

  /** One colour plane: how it is sampled and coded, and its blocks, row by row, row-major. */
  private static final class Component {
    int id;
    int across;
    int down;
    int quantization;
    int dcTable;
    int acTable;
    int previous;
    int blocksAcross;
    int[][] blocks;
  }

  private JpegCoefficients(byte[] file) {
    this.file = file;
  }

  /** The blocks of each component, those that only fill up the last unit included. */
  static List<int[][]> of(byte[] file) {
    var reader = new JpegCoefficients(file);
    reader.read();
    return reader.components.stream().map(component -> component.blocks).toList();
  }

  /** The tables of each component, row by row. */
  static List<int[]> tables(byte[] file) {
    var reader = new JpegCoefficients(file);
    reader.read();
    return reader.components.stream()
        .map(component -> reader.quantization.get(component.quantization))
        .toList();
  }

  private void read() {
    while (true) {
      int marker = word();
      int end = at + ((file[at] & 0xFF) << 8 | file[at + 1] & 0xFF);
      at += 2;
      switch (marker) {
        case 0xFFDB -> quantizationTables(end);
        case 0xFFC4 -> huffmanTables(end);
        case 0xFFC0 -> frame();
        case 0xFFDA -> {
          scan(end);
          return;
        }
        default -> at = end;
      }
      at = end;
    }
  }

  private void quantizationTables(int end) {
    while (at < end) {
      int id = octet() & 0x0F;
      var table = new int[64];
      for (int i = 0; i < 64; i++) {
        table[ZIGZAG[i]] = octet();
      }
      quantization.put(id, table);
    }
  }

  private void huffmanTables(int end) {
    while (at < end) {
      int id = octet();
      var counts = new int[17];
      for (int length = 1; length <= 16; length++) {
        counts[length] = octet();
      }
      var codes = new HashMap<Integer, Integer>();
      int code = 0;
      for (int length = 1; length <= 16; length++) {
        for (int i = 0; i < counts[length]; i++) {
          codes.put(length << 16 | code, octet());
          code++;
        }
        code <<= 1;
      }
      huffman.put(id, codes);
    }
  }

  private void frame() {
    at++;
    height = word();
    width = word();
    int count = octet();
    for (int i = 0; i < count; i++) {
      var component = new Component();
      component.id = octet();
      int sampling = octet();
      component.across = sampling >> 4;
      component.down = sampling & 0x0F;
      component.quantization = octet();
      components.add(component);
    }
  }

  private void scan(int end) {
    int count = octet();
    for (int i = 0; i < count; i++) {
      int id = octet();
      int tables = octet();
      Component component = components.stream().filter(c -> c.id == id).findFirst().orElseThrow();
      component.dcTable = tables >> 4;
      component.acTable = 0x10 | tables & 0x0F;
    }
    at = end;
    int across = components.stream().mapToInt(c -> c.across).max().orElseThrow();
    int down = components.stream().mapToInt(c -> c.down).max().orElseThrow();
    int unitsAcross = Math.ceilDiv(width, 8 * across);
    int unitsDown = Math.ceilDiv(height, 8 * down);
    for (Component component : components) {
      component.blocksAcross = unitsAcross * component.across;
      component.blocks = new int[component.blocksAcross * unitsDown * component.down][];
    }
    for (int unit = 0; unit < unitsAcross * unitsDown; unit++) {
      for (Component component : components) {
        for (int block = 0; block < component.across * component.down; block++) {
          int row = unit / unitsAcross * component.down + block / component.across;
          int column = unit % unitsAcross * component.across + block % component.across;
          component.blocks[row * component.blocksAcross + column] = block(component);
        }
      }
    }
  }

  private int[] block(Component component) {
    var block = new int[64];
    component.previous += signed(symbol(component.dcTable));
    block[0] = component.previous;
    for (int i = 1; i < 64; i++) {
      int symbol = symbol(component.acTable);
      if (symbol == 0) {
        break;
      }
      i += symbol >> 4;
      if ((symbol & 0x0F) != 0) {
        block[ZIGZAG[i]] = signed(symbol & 0x0F);
      }
    }
    return block;
  }

  private int symbol(int table) {
    Map<Integer, Integer> codes = huffman.get(table);
    int code = 0;
    for (int length = 1; length <= 16; length++) {
      code = code << 1 | bit();
      Integer symbol = codes.get(length << 16 | code);
      if (symbol != null) {
        return symbol;
      }
    }
    throw new IllegalStateException("no Huffman code at byte " + at);
  }

  private int signed(int length) {
    int value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 1 | bit();
    }
    boolean negative = length > 0 && value < 1 << (length - 1);
    return negative ? value - (1 << length) + 1 : value;
  }

  private int bit() {
    if (bitCount == 0) {
      bits = octet();
      bitCount = 8;
      if (bits == 0xFF) {
        at++;
      }
    }
    bitCount--;
    return bits >> bitCount & 1;
  }

  private int octet() {
    int value = file[at] & 0xFF;
    at++;
    return value;
  }

  private int word() {
    return octet() << 8 | octet();
  }

  private static int[] zigzag() {
    var order = new int[64];
    int row = 0;
    int column = 0;
    for (int i = 0; i < 64; i++) {
      order[i] = row * 8 + column;
      boolean up = (row + column) % 2 == 0;
      if (up && column == 7) {
        row++;
      } else if (up && row == 0) {
        column++;
      } else if (!up && row == 7) {
        column++;
      } else if (!up && column == 0) {
        row++;
      } else {
        row += up ? -1 : 1;
        column += up ? 1 : -1;
      }
    }
    return order;
  }
}
