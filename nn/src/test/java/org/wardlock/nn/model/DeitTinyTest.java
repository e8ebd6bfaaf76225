package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.Dataset;
import org.wardlock.data.Split;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.PictureDecoder;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.Module;
import org.wardlock.nn.Numbers;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.Shared;
import org.wardlock.nn.evaluate.Evaluation;
import org.wardlock.nn.evaluate.Evaluator;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** A real ImageNet model with published weights, against what timm and NumPy make of it. */
class DeitTinyTest {
  private static final String WEIGHTS = "data/weights/deit-tiny-imagenet-f16.safetensors";

  private final Device device = Shared.device();
  private final Architecture deit = Architecture.named("deit_tiny_patch16_224");

  @Test
  void agreesWithTimmOnPreprocessedPictures() throws IOException {
    Path pictures = Shared.file("golden/deit_tiny_preprocess.safetensors");
    try (Scope _ = Scope.open("test");
        Safetensors weights = Safetensors.open(Shared.file(WEIGHTS));
        Safetensors golden = Safetensors.open(pictures)) {
      // these pictures are normalised already, so they go past the classifier to the network
      Module network =
          deit.body().build(ParameterSource.stored(device, weights), 224, deit.classes());
      Set<String> names = new TreeSet<>();
      golden.names().forEach(name -> names.add(name.substring(0, name.indexOf('/'))));
      for (String name : names) {
        Tensor x = golden.tensor(name + "/x", device).reshape(1, 3, 224, 224);
        float[] expected = golden.tensor(name + "/logits", device).toFloats();
        float[] found = network.forward(x, Pass.EVALUATION).toFloats();
        Numbers.assertClose(name, expected, found, 1e-4);
      }
      assertEquals(5, names.size());
    }
  }

  @Test
  void classifiesPixelsAsTheReferenceDoes() throws IOException {
    Path folder = Shared.file("data/weights/deit-tiny-reference");
    JsonNode reference = new ObjectMapper().readTree(folder.resolve("logits.json").toFile());
    try (Scope _ = Scope.open("test");
        Safetensors weights = Safetensors.open(Shared.file(WEIGHTS));
        ImageClassifier classifier = ImageClassifier.load(deit, device, weights)) {
      for (int i = 0; i < reference.get("logits").size(); i++) {
        Tensor image = picture(folder.resolve("img" + i + ".png"));
        Tensor logits = classifier.logits(image);
        JsonNode row = reference.get("logits").get(i);
        float[] expected = new float[row.size()];
        for (int k = 0; k < expected.length; k++) {
          expected[k] = (float) row.get(k).asDouble();
        }
        // the reference ran in float64 on weights that were not rounded to half precision
        Numbers.assertClose("picture " + i, expected, logits.toFloats(), 2e-3);
        assertEquals(reference.get("argmax").get(i).asInt(), logits.argMax().toInts()[0]);
      }
    }
  }

  @Test
  @Tag("cpu-only") // a thousand pictures
  void agreesWithTimmOnAThousandPhotographs() throws IOException {
    Path folder = Shared.file("data/imagenet-sample");
    Map<String, Integer> expected = new HashMap<>();
    for (String line : Files.readAllLines(Shared.file("golden/deit_tiny_imagenet_sample.csv"))) {
      String[] fields = line.split(",");
      if (!fields[0].equals("file")) {
        expected.put(fields[0], Integer.parseInt(fields[2]));
      }
    }
    Dataset pictures = DataSource.parse("imagenet:" + folder).open(Split.VAL);
    var loader =
        BatchLoader.builder(pictures)
            .preprocess(deit.preprocessing().pictures())
            .batchSize(16)
            .workers(2)
            .build();
    var said = new ArrayList<Integer>();
    try (Safetensors weights = Safetensors.open(Shared.file(WEIGHTS));
        ImageClassifier classifier = ImageClassifier.load(deit, device, weights)) {
      Evaluation evaluation =
          new Evaluator(loader).evaluate(classifier, one -> said.add(one.top1()), () -> false);
      assertEquals(0.778, evaluation.top1(), 0.005);
    }
    int agreeing = 0;
    for (int i = 0; i < pictures.size(); i++) {
      agreeing += expected.get(pictures.name(i)).equals(said.get(i)) ? 1 : 0;
    }
    assertEquals(expected.size(), pictures.size());
    assertTrue(agreeing >= 990, agreeing + " of " + pictures.size() + " as timm says");
  }

  private Tensor picture(Path file) throws IOException {
    Picture picture = PictureDecoder.decode(Files.readAllBytes(file));
    byte[] planes = new byte[3 * picture.width() * picture.height()];
    picture.copyPlanes(planes, 0);
    Shape shape = Shape.of(1, 3, picture.height(), picture.width());
    return Pixels.inUnitRange(Tensor.ofBytes(device, shape, planes));
  }
}
