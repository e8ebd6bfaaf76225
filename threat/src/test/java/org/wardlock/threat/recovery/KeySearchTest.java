package org.wardlock.threat.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Passes;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.TransformKind;
import org.wardlock.tensor.Scope;

/** The searches on a model whose key is known. */
class KeySearchTest {
  private static final int PICTURES = 128;

  private static KeySpec spec(String chain) {
    return KeySpec.secure(2, TransformKind.parseChain(chain).toArray(TransformKind[]::new));
  }

  @Test
  void theKeyIsFoundByRelaxationsAndPolish() {
    KeySpec both = KeySpec.secure(1, TransformKind.SHUFFLE, TransformKind.NEGATE);
    for (KeySpec spec : List.of(spec("shuffle"), spec("negate"), both)) {
      try (Scope _ = Scope.open("test");
          Key key = PlantedModel.key(spec, 11)) {
        GuessJudge judge = PlantedModel.ofBlocksOf2(21).judge(key, PICTURES, 31);
        KeyTables start = KeyTables.identity(spec, 3);
        KeySearch search = new BestOf(List.of(attempt(1), attempt(2), attempt(3)));
        KeyEstimate found = search.search(judge, start);
        assertEquals(1, found.tables().agreement(KeyTables.of(key, 3)), spec.toString());
        assertEquals(1, found.score().accuracy());
        assertEquals(found.passes(), judge.passes());
        assertTrue(found.passes().forward() <= search.cost(start, PICTURES).forward());
      }
    }
  }

  private static KeySearch attempt(long seed) {
    return SearchChain.of(
        new Relaxation(60, PICTURES, 0.1, 1, 0.1, 10, seed), new SwapClimb(Criterion.LOSS, 5));
  }

  @Test
  void aChainGoesOnWhereItsStagesEndAndAddsTheirPassesUp() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(spec("shuffle"), 17)) {
      GuessJudge judge = PlantedModel.ofBlocksOf2(27).judge(key, 20, 37);
      KeyTables start = KeyTables.identity(spec("shuffle"), 3);
      KeySearch first = new Relaxation(5, 20, 0.1, 1, 0.1, 5, 1);
      KeySearch second = new GuidedClimb(1, 4);
      KeyEstimate relaxed = first.search(judge, start);
      KeyEstimate polished = second.search(judge, relaxed.tables());
      KeyEstimate chained = SearchChain.of(first, second).search(judge, start);
      assertEquals(polished.tables(), chained.tables());
      assertEquals(polished.score(), chained.score());
      assertEquals(relaxed.passes().plus(polished.passes()), chained.passes());
      assertEquals(SearchChain.of(first, second).cost(start, 20), chained.passes());
      assertEquals("relaxation+guided-swap", SearchChain.of(first, second).name());
    }
  }

  @Test
  void climbsComeNearerToTheKey() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(spec("shuffle"), 12)) {
      GuessJudge judge = PlantedModel.ofBlocksOf2(22).judge(key, PICTURES, 32);
      KeyTables start = KeyTables.identity(spec("shuffle"), 3);
      GuessScore before = judge.score(start);
      KeyEstimate byLoss = new SwapClimb(Criterion.LOSS, 4).search(judge, start);
      KeyEstimate byAccuracy = new SwapClimb(Criterion.ACCURACY, 2).search(judge, start);
      KeyEstimate guided = new GuidedClimb(30, 12).search(judge, start);
      assertTrue(byLoss.score().loss() < 0.5 * before.loss(), byLoss.score().toString());
      assertTrue(guided.score().loss() < 0.5 * before.loss(), guided.score().toString());
      assertTrue(byAccuracy.score().accuracy() > before.accuracy(), byAccuracy.score().toString());
    }
  }

  @Test
  void everyPassIsCounted() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(spec("shuffle+negate"), 13)) {
      GuessJudge judge = PlantedModel.ofBlocksOf2(23).judge(key, 7, 33);
      KeyTables start = KeyTables.identity(spec("shuffle+negate"), 3);
      KeySearch climb = new SwapClimb(Criterion.ACCURACY, 1);
      assertEquals(new Passes((1 + 12 * 11 / 2 + 12) * 7, 0), climb.search(judge, start).passes());
      assertEquals(new Passes((1 + 12 * 11 / 2 + 12) * 7, 0), climb.cost(start, 7));
      KeySearch guided = new GuidedClimb(1, 5);
      assertEquals(new Passes((1 + 1 + 5) * 7, 7), guided.search(judge, start).passes());
      assertEquals(new Passes((1 + 1 + 5) * 7, 7), guided.cost(start, 7));
      assertEquals(new Passes(9 * 7, 0), new RandomGuesses(9, 1).search(judge, start).passes());
    }
  }

  @Test
  void randomGuessesFindOneKeyOfSixAndNoneOfMillions() {
    KeySpec tiny = KeySpec.secure(1, TransformKind.SHUFFLE);
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(tiny, 14)) {
      GuessJudge judge = PlantedModel.ofBlocksOf2(24).judge(key, PICTURES, 34);
      KeyEstimate found = new RandomGuesses(60, 5).search(judge, KeyTables.identity(tiny, 3));
      assertEquals(1, found.tables().agreement(KeyTables.of(key, 3)));
      assertEquals(1, found.score().accuracy());
    }
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(spec("shuffle+negate"), 15)) {
      GuessJudge judge = PlantedModel.ofBlocksOf2(25).judge(key, PICTURES, 35);
      KeyTables start = KeyTables.identity(spec("shuffle+negate"), 3);
      KeyEstimate few = new RandomGuesses(10, 5).search(judge, start);
      KeyEstimate many = new RandomGuesses(60, 5).search(judge, start);
      assertTrue(many.score().accuracy() >= few.score().accuracy());
      assertTrue(many.score().accuracy() < 1);
    }
  }

  @Test
  void equalSearchesFindEqualGuesses() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(spec("shuffle+negate"), 16)) {
      KeyTables start = KeyTables.identity(spec("shuffle+negate"), 3);
      for (KeySearch search :
          List.of(
              new Relaxation(6, 10, 0.1, 1, 0.1, 5, 3),
              new GuidedClimb(3, 5),
              new RandomGuesses(5, 2))) {
        KeyEstimate first = search.search(PlantedModel.ofBlocksOf2(26).judge(key, 24, 36), start);
        KeyEstimate second = search.search(PlantedModel.ofBlocksOf2(26).judge(key, 24, 36), start);
        assertEquals(first, second, search.name());
      }
    }
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new RandomGuesses(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new SwapClimb(Criterion.LOSS, 0));
    assertThrows(IllegalArgumentException.class, () -> new GuidedClimb(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Relaxation(10, 5, 0.1, 0.1, 1, 5, 0));
    assertThrows(IllegalArgumentException.class, () -> new Relaxation(0, 5, 0.1, 1, 1, 5, 0));
  }
}
