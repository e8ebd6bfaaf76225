package org.wardlock.defense.compress;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;
import javax.imageio.plugins.jpeg.JPEGQTable;
import javax.imageio.stream.ImageOutputStream;
import org.w3c.dom.NodeList;

/**
 * Real JPEG files with tables of choice, by the JDK's encoder (libjpeg), with Huffman tables made
 * for each picture: what a table costs in bytes, and the reference for {@link JpegTransform}.
 *
 * @param tables written into every file
 * @param subsampling of colour
 */
public record JpegEncoder(JpegTables tables, Subsampling subsampling) {
  private static final String METADATA = "javax_imageio_jpeg_image_1.0";

  /**
   * A picture as a JPEG file.
   *
   * @param image red, green and blue, 8 bits each
   */
  public byte[] encode(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    var file = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(file)) {
      var settings = (JPEGImageWriteParam) writer.getDefaultWriteParam();
      settings.setOptimizeHuffmanTables(true);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, metadata(writer, settings, image)), settings);
    } catch (IOException e) {
      throw new UncheckedIOException("JPEG: cannot be written to memory", e);
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }

  private IIOMetadata metadata(
      ImageWriter writer, JPEGImageWriteParam settings, BufferedImage image)
      throws IIOInvalidTreeException {
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), settings);
    var root = (IIOMetadataNode) metadata.getAsTree(METADATA);
    NodeList quantization = root.getElementsByTagName("dqtable");
    node(quantization, 0).setUserObject(jdkTable(tables.luminance()));
    node(quantization, 1).setUserObject(jdkTable(tables.chrominance()));
    IIOMetadataNode brightness = node(root.getElementsByTagName("componentSpec"), 0);
    String factor = Integer.toString(subsampling.factor());
    brightness.setAttribute("HsamplingFactor", factor);
    brightness.setAttribute("VsamplingFactor", factor);
    metadata.setFromTree(METADATA, root);
    return metadata;
  }

  private static IIOMetadataNode node(NodeList nodes, int index) {
    return (IIOMetadataNode) nodes.item(index);
  }

  private static JPEGQTable jdkTable(QuantizationTable table) {
    return new JPEGQTable(table.toArray());
  }
}
