package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDaoObservation;
import ca.uhn.fhir.jpa.api.dao.IJpaDao;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.dao.HistoryBuilder;
import ca.uhn.fhir.jpa.dao.ISearchBuilder;
import ca.uhn.fhir.jpa.dao.TransactionProcessor;
import ca.uhn.fhir.jpa.dao.r4.FhirSystemDaoR4;
import ca.uhn.fhir.jpa.delete.DeleteConflictService;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.Type;

/**
 * Observations have no rows in HAPI's tables. What of HAPI reads or writes those tables without
 * asking one of the beans in whose place ours stand would answer as if there were none. Every such
 * class of the pinned version was read, with what it means for Observations, in a list beside this
 * test; a version of HAPI that brings another one fails here until somebody has read it.
 *
 * <p>The list that the present version makes is written into {@code target}.
 */
class PathsPastOurBeansTest {

  private static final String TABLES = "ca/uhn/fhir/jpa/dao/data/IResource";

  /** The tables themselves, and a module that is not started. */
  private static final List<String> LEFT_OUT =
      List.of("ca/uhn/fhir/jpa/model/", "ca/uhn/fhir/jpa/migrate/", "ca/uhn/fhir/mdm/");

  private static final String BUILDER = "ca/uhn/fhir/jpa/search/builder/SearchBuilder";
  private static final String BUILDERS = "ca/uhn/fhir/jpa/dao/SearchBuilderFactory";
  private static final String ENTITIES = "ca/uhn/fhir/jpa/model/entity/Resource";

  @Test
  void noClassOfHapiReachesTheTablesUnread() throws IOException {
    Map<String, Set<String>> found = new TreeMap<>();
    for (String jar : jars()) {
      scan(jar, found);
    }
    assertThat(found).hasSizeGreaterThan(30);
    compare("paths-to-tables.txt", found);
  }

  @Test
  void noMethodOfAReplacedBeanIsUnread() throws IOException {
    Map<String, Set<String>> found = new TreeMap<>();
    inherited(ObservationIds.class, IIdHelperService.class, found);
    inherited(builder(), ISearchBuilder.class, found);
    inherited(MergedHistory.class, HistoryBuilder.class, found);
    inherited(ObservationDeleteConflicts.class, DeleteConflictService.class, found);
    inherited(ObservationTransactions.class, TransactionProcessor.class, found);
    inherited(ObservationSystemDao.class, FhirSystemDaoR4.class, found);
    inherited(StoredObservationDao.class, IFhirResourceDao.class, found);
    inherited(StoredObservationDao.class, IFhirResourceDaoObservation.class, found);
    inherited(StoredObservationDao.class, IJpaDao.class, found);
    compare("methods-left-to-hapi.txt", found);
  }

  private static Class<?> builder() {
    try {
      return Class.forName("dev.vigil.server.observation.search.BothStoresSearchBuilder");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("the search builder has another name now", e);
    }
  }

  /** Methods of HAPI's type that are answered by a class of HAPI's. */
  private static void inherited(Class<?> ours, Class<?> hapis, Map<String, Set<String>> found) {
    Set<String> left = found.computeIfAbsent(ours.getSimpleName(), name -> new TreeSet<>());
    Stream.concat(Arrays.stream(hapis.getMethods()), Arrays.stream(hapis.getDeclaredMethods()))
        .filter(method -> !method.isSynthetic() && !Modifier.isPrivate(method.getModifiers()))
        .filter(method -> method.getDeclaringClass().getName().startsWith("ca.uhn.fhir"))
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !overridden(ours, method))
        .forEach(method -> left.add(signature(method)));
  }

  private static boolean overridden(Class<?> ours, Method method) {
    for (Class<?> at = ours; at.getName().startsWith("dev.vigil"); at = at.getSuperclass()) {
      for (Method own : at.getDeclaredMethods()) {
        if (own.getName().equals(method.getName())
            && own.getParameterCount() == method.getParameterCount()) {
          return true;
        }
      }
    }
    return false;
  }

  private static String signature(Method method) {
    List<String> parameters =
        Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).toList();
    return method.getName() + "(" + String.join(",", parameters) + ")";
  }

  private static List<String> jars() {
    List<String> jars =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(path -> Path.of(path).getFileName().toString().startsWith("hapi-fhir-"))
            .toList();
    assertThat(jars).anyMatch(jar -> jar.contains("hapi-fhir-jpaserver-base"));
    return jars;
  }

  private static void scan(String path, Map<String, Set<String>> found) throws IOException {
    try (JarFile jar = new JarFile(path)) {
      for (JarEntry entry : jar.stream().filter(one -> one.getName().endsWith(".class")).toList()) {
        try (InputStream code = jar.getInputStream(entry)) {
          String name = entry.getName().replaceAll("[$].*|[.]class$", "");
          if (!name.startsWith(TABLES) && LEFT_OUT.stream().noneMatch(name::startsWith)) {
            new ClassReader(code).accept(new Uses(name, found), ClassReader.SKIP_DEBUG);
          }
        }
      }
    }
  }

  /** Notes what the methods of a class call of HAPI's tables. */
  private static final class Uses extends ClassVisitor {
    private final String name;
    private final Map<String, Set<String>> found;

    Uses(String name, Map<String, Set<String>> found) {
      super(Opcodes.ASM9);
      this.name = name;
      this.found = found;
    }

    private void add(String use) {
      found.computeIfAbsent(name.replace('/', '.'), key -> new TreeSet<>()).add(use);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String method, String descriptor, String signature, String[] exceptions) {
      return new MethodVisitor(Opcodes.ASM9) {
        @Override
        public void visitMethodInsn(
            int opcode, String owner, String called, String of, boolean onInterface) {
          boolean makesBuilder =
              owner.equals(BUILDERS) && called.equals("newSearchBuilder")
                  || owner.equals(BUILDER) && called.equals("<init>");
          if (owner.startsWith(TABLES) || makesBuilder) {
            add(owner.substring(owner.lastIndexOf('/') + 1) + "." + called);
          }
        }

        @Override
        public void visitLdcInsn(Object constant) {
          if (constant instanceof Type type
              && type.getSort() == Type.OBJECT
              && type.getInternalName().startsWith(ENTITIES)) {
            add(type.getClassName().substring(ENTITIES.lastIndexOf('/') + 1) + ".class");
          } else if (constant instanceof String text
              && text.toLowerCase().matches("(?s).*\\b(from|into|update) +hfj_res.*")) {
            add("SQL");
          }
        }
      };
    }
  }

  private static void compare(String list, Map<String, Set<String>> found) throws IOException {
    List<String> lines = new ArrayList<>();
    found.forEach(
        (name, uses) -> {
          lines.add(name);
          uses.forEach(use -> lines.add("  " + use));
        });
    Files.write(Path.of("target", list), lines);
    try (InputStream read = PathsPastOurBeansTest.class.getResourceAsStream(list)) {
      List<String> known = new String(read.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      assertThat(known)
          .filteredOn(line -> !line.isEmpty() && !line.startsWith(" ") && !line.startsWith("#"))
          .as("each class says what it means for Observations")
          .allMatch(line -> line.contains(" : "));
      assertThat(lines)
          .as("what HAPI calls; the present list is in target/" + list)
          .containsExactlyElementsOf(
              known.stream()
                  .filter(line -> !line.isBlank() && !line.startsWith("#"))
                  .map(line -> line.startsWith(" ") ? line : line.replaceAll(" : .*", ""))
                  .toList());
    }
  }
}
