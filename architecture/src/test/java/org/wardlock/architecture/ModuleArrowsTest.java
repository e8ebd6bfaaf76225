package org.wardlock.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which module may use which, and which third party. */
class ModuleArrowsTest {
  /**
   * An importer too old for the class files' version would skip them, and every rule would hold.
   */
  @ParameterizedTest
  @EnumSource
  void everyModuleIsImported(ProjectModule module) {
    int imported = ProjectModule.CLASSES.that(resideInAPackage(module.packages())).size();
    assertTrue(imported > 0, "no class of " + module.packages() + " was imported");
  }

  @Test
  void everyClassBelongsToOneModule() {
    List<String> homeless =
        ProjectModule.CLASSES.stream()
            .filter(type -> ProjectModule.owners(type).size() != 1)
            .map(JavaClass::getName)
            .toList();
    assertEquals(List.of(), homeless, "add the new module to ProjectModule");
  }

  @ParameterizedTest
  @EnumSource
  void modulesUseOnlyWhatTheyMay(ProjectModule module) {
    classes()
        .that()
        .resideInAPackage(module.packages())
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(module.permittedPackages())
        .check(ProjectModule.CLASSES);
  }
}
