package io.omnipaxos;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/** The way of the data is one direction, and the protocol is a pure function: see the design. */
@AnalyzeClasses(packages = "io.omnipaxos", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "io.omnipaxos";

    /** From left to right. A package may use those of the sets before its own, and its own subpackages. */
    private static final List<Set<String>> ORDER = List.of(
            Set.of("cluster"),
            Set.of("log"),
            Set.of("message"),
            Set.of("effect"),
            Set.of("election", "lease", "replication"),
            Set.of("replica"),
            Set.of("storage", "transport", "statemachine", "leadership"),
            Set.of("node"),
            Set.of("simulation"),
            Set.of(""));

    private static final Set<String> PURE =
            Set.of("cluster", "log", "message", "effect", "election", "lease", "replication", "replica");

    @ArchTest
    static final ArchRule packages_use_only_what_is_left_of_them =
            classes().should(useOnlyWhatIsLeft()).allowEmptyShould(true);

    @ArchTest
    static final ArchRule packages_have_no_cycles = slices().assignedFrom(eachPackage())
            .namingSlices("package $1")
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_protocol_has_no_clock_thread_randomness_io_or_logger = noClasses()
            .that(arePure())
            .should()
            .dependOnClassesThat(reachOutside())
            .orShould()
            .accessTargetWhere(readsTimeOrRandomness())
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_protocol_iterates_in_the_same_order_in_every_run = noClasses()
            .that(arePure())
            .should()
            .accessTargetWhere(makesACollectionOfAnyOrder())
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule every_package_is_null_marked =
            classes().should(beInANullMarkedPackage()).allowEmptyShould(true);

    @ArchTest
    static final ArchRule the_core_stands_alone = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(ROOT + "..", "java..", "org.jspecify..", "org.slf4j..")
            .allowEmptyShould(true);

    private static ArchCondition<JavaClass> useOnlyWhatIsLeft() {
        return new ArchCondition<>("use only the packages that are left of their own in " + ORDER) {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (isOurs(target) && !mayUse(area(origin), area(target))) {
                        events.add(SimpleConditionEvent.violated(origin, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean mayUse(String origin, String target) {
        return origin.equals(target) || place(target) < place(origin);
    }

    private static int place(String area) {
        for (int place = 0; place < ORDER.size(); place++) {
            if (ORDER.get(place).contains(area)) {
                return place;
            }
        }
        throw new AssertionError("The package '" + area + "' has no place yet: give it one in " + ORDER);
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
    }

    /** The package directly below the root; empty for the root itself. */
    private static String area(JavaClass type) {
        String name = type.getPackageName();
        return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1).split("\\.", -1)[0];
    }

    private static SliceAssignment eachPackage() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "each package";
            }
        };
    }

    private static DescribedPredicate<JavaClass> arePure() {
        return describe("are of the protocol", type -> PURE.contains(area(type)));
    }

    private static DescribedPredicate<JavaClass> reachOutside() {
        Set<String> packages =
                Set.of("java.io", "java.net", "java.nio.channels", "java.nio.file", "java.security", "org.slf4j");
        return describe("reach outside", type -> {
            String name = type.getPackageName();
            return packages.stream().anyMatch(each -> name.equals(each) || name.startsWith(each + "."))
                    || name.startsWith("java.util.concurrent") && !type.isEquivalentTo(TimeUnit.class)
                    || name.startsWith("java.util.random")
                    || type.isAssignableTo(Random.class)
                    || type.isEquivalentTo(java.util.SplittableRandom.class)
                    || type.isAssignableTo(Thread.class)
                    || type.isAssignableTo(java.time.Clock.class);
        });
    }

    private static DescribedPredicate<JavaAccess<?>> readsTimeOrRandomness() {
        Map<String, Set<String>> members = Map.of(
                "java.lang.System", Set.of("nanoTime", "currentTimeMillis", "identityHashCode"),
                "java.lang.Math", Set.of("random"),
                "java.lang.StrictMath", Set.of("random"),
                "java.util.UUID", Set.of("randomUUID"),
                "java.util.Collections", Set.of("shuffle"));
        return describe("reads time or randomness", access -> {
            String owner = access.getTargetOwner().getName();
            String member = access.getTarget().getName();
            return members.getOrDefault(owner, Set.of()).contains(member)
                    || owner.startsWith("java.time.") && member.equals("now")
                    || owner.equals("java.util.Date") && isConstructor(access);
        });
    }

    /** Set.of and its like order their elements anew in each process, by a salt. */
    private static DescribedPredicate<JavaAccess<?>> makesACollectionOfAnyOrder() {
        Set<String> types = Set.of(
                HashMap.class.getName(),
                HashSet.class.getName(),
                IdentityHashMap.class.getName(),
                WeakHashMap.class.getName(),
                "java.util.concurrent.ConcurrentHashMap");
        Map<String, Set<String>> members = Map.of(
                Set.class.getName(), Set.of("of", "copyOf"),
                Map.class.getName(), Set.of("of", "copyOf", "ofEntries"),
                Collectors.class.getName(), Set.of("toSet", "toUnmodifiableSet", "toUnmodifiableMap"));
        return describe("makes a collection whose order differs between runs", access -> {
            String owner = access.getTargetOwner().getName();
            return types.contains(owner) && isConstructor(access)
                    || members.getOrDefault(owner, Set.of())
                                    .contains(access.getTarget().getName())
                            && !holdsAtMostOneElement(access);
        });
    }

    private static boolean holdsAtMostOneElement(JavaAccess<?> access) {
        if (!(access.getTarget() instanceof CodeUnitAccessTarget target)
                || !target.getName().equals("of")) {
            return false;
        }
        List<JavaClass> parameters = target.getRawParameterTypes();
        int ofOneElement = target.getOwner().isEquivalentTo(Map.class) ? 2 : 1;
        return parameters.size() <= ofOneElement && parameters.stream().noneMatch(JavaClass::isArray);
    }

    private static boolean isConstructor(JavaAccess<?> access) {
        return access.getTarget().getName().equals("<init>");
    }

    private static ArchCondition<JavaClass> beInANullMarkedPackage() {
        return new ArchCondition<>("be in a package whose package-info says @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                JavaPackage home = type.getPackage();
                if (!home.isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(
                            type, "the package of " + type.getName() + " is not @NullMarked"));
                }
            }
        };
    }
}
