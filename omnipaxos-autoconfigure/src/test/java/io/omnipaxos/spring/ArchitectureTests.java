package io.omnipaxos.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.omnipaxos.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.omnipaxos.spring.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyConfigurationKnowsEverything = noClasses()
            .that()
            .resideOutsideOfPackage("io.omnipaxos.spring.autoconfigure")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.omnipaxos.spring.autoconfigure");
}
