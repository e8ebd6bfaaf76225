package org.wardlock.architecture;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.BaseStream;
import org.junit.jupiter.api.Test;

/** What main code must leave alone, so that bits are reproducible and backends interchangeable. */
class CodingRulesTest {
  @Test
  void onlyTheVectorPackageUsesTheVectorApi() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.wardlock.tensor.cpu.vector..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator..")
        .because("with no flag the Vector API is missing on the class path, and all must work")
        .check(ProjectModule.CLASSES);
  }

  @Test
  void onlyBackendsTouchStorage() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ProjectModule.allPackagesBut(
                ProjectModule.TENSOR,
                ProjectModule.KERNELS_SOURCE,
                ProjectModule.KERNELS_OPENCL,
                ProjectModule.KERNELS_CUDA,
                ProjectModule.BENCH))
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.wardlock.tensor.spi.Storage")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.wardlock.tensor.spi.Backend")
        .because("everything above works on tensors, whatever device they live on")
        .check(ProjectModule.CLASSES);
  }

  @Test
  void hostMemoryIsCopiedInOnePlace() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("org.wardlock.tensor.spi.HostMemory")
        .should()
        .callMethodWhere(
            target(owner(type(MemorySegment.class)))
                .and(target(nameMatching("copy|copyFrom")))
                .as("MemorySegment.copy is called"))
        .because("JDK 25 copies less than 64 bytes wrongly at times: HostMemory says how")
        .check(ProjectModule.CLASSES);
  }

  @Test
  void nobodyNamesTheCpuBackend() {
    noClasses()
        .that()
        .resideOutsideOfPackages("org.wardlock.tensor.cpu..", ProjectModule.BENCH.packages())
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.wardlock.tensor.cpu..")
        .because("the CPU backend is found by ServiceLoader like any other")
        .check(ProjectModule.CLASSES);
  }

  @Test
  void randomNumbersComeFromTheCounterBasedGenerator() {
    noClasses()
        .that()
        .resideInAnyPackage(ProjectModule.allPackagesBut(ProjectModule.BENCH))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(
            Random.class, SplittableRandom.class, ThreadLocalRandom.class, RandomGenerator.class)
        .orShould()
        .accessTargetWhere(target(isAnyOf(Math.class, "random")))
        .orShould()
        .accessTargetWhere(target(isAnyOf(StrictMath.class, "random")))
        .orShould()
        .accessTargetWhere(target(isAnyOf(Collections.class, "shuffle")))
        .because(
            "every random choice is a function of seed, purpose and index; keys use SecureRandom")
        .check(ProjectModule.CLASSES);
  }

  @Test
  void nothingRunsInTheCommonPool() {
    noClasses()
        .should()
        .accessTargetWhere(target(isAnyOf(ForkJoinPool.class, "commonPool")))
        .orShould()
        .accessTargetWhere(target(isAnyOf(Collection.class, "parallelStream")))
        .orShould()
        .accessTargetWhere(target(isAnyOf(BaseStream.class, "parallel")))
        .orShould()
        .accessTargetWhere(
            target(isAnyOf(Arrays.class, "parallelPrefix", "parallelSetAll", "parallelSort")))
        .orShould()
        .accessTargetWhere(target(new AsyncWithoutExecutor()))
        .because("the program owns one pool, whose size --threads says")
        .check(ProjectModule.CLASSES);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideInAnyPackage(ProjectModule.allPackagesBut(ProjectModule.CLI, ProjectModule.BENCH))
        .should(ACCESS_STANDARD_STREAMS)
        .check(ProjectModule.CLASSES);
  }

  private static DescribedPredicate<AccessTarget> isAnyOf(Class<?> owner, String... names) {
    Set<String> wanted = Set.of(names);
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + String.join(" or ", names),
        target -> wanted.contains(target.getName()) && target.getOwner().isAssignableTo(owner));
  }

  /** CompletableFuture's methods that run in the common pool because they are given no other. */
  private static final class AsyncWithoutExecutor extends DescribedPredicate<AccessTarget> {
    AsyncWithoutExecutor() {
      super("CompletableFuture's asynchronous methods without an executor");
    }

    @Override
    public boolean test(AccessTarget target) {
      return target instanceof CodeUnitAccessTarget method
          && method.getOwner().isAssignableTo(CompletableFuture.class)
          && method.getName().endsWith("Async")
          && method.getRawParameterTypes().stream()
              .noneMatch(parameter -> parameter.isEquivalentTo(Executor.class));
    }
  }
}
