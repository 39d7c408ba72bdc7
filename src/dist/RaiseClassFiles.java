import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Rewrites a jar's classes older than Java 6 at class-file version 52, with stack maps.
///
/// The AOT cache leaves out classes without stack maps, and picocli's are of Java 5: without this
/// step a start takes 90 ms longer.
final class RaiseClassFiles {
  private static final int FIRST_WITH_STACK_MAPS = 50;
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 1, 1, 0, 0, 2);

  private RaiseClassFiles() {}

  static void raise(Path in, OutputStream out) throws IOException {
    var loader =
        new URLClassLoader(new URL[] {in.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    try (loader;
        var jar = new JarFile(in.toFile());
        var raised = new JarOutputStream(out)) {
      var classFile = classFile(loader);
      for (var entry : Collections.list(jar.entries())) {
        var copy = new JarEntry(entry.getName());
        copy.setTimeLocal(ENTRY_TIME);
        raised.putNextEntry(copy);
        var bytes = jar.getInputStream(entry).readAllBytes();
        raised.write(isOld(entry.getName(), bytes) ? raise(classFile, bytes) : bytes);
        raised.closeEntry();
      }
    }
  }

  private static ClassFile classFile(ClassLoader loader) {
    return ClassFile.of(
        StackMapsOption.GENERATE_STACK_MAPS,
        ClassHierarchyResolverOption.of(
            ClassHierarchyResolver.ofResourceParsing(loader)
                .orElse(ClassHierarchyResolver.defaultResolver())));
  }

  private static boolean isOld(String name, byte[] bytes) {
    return name.endsWith(".class")
        && (((bytes[6] & 0xff) << 8) | (bytes[7] & 0xff)) < FIRST_WITH_STACK_MAPS;
  }

  private static byte[] raise(ClassFile classFile, byte[] bytes) {
    var model = classFile.parse(bytes);
    return classFile.build(
        model.thisClass().asSymbol(),
        builder -> {
          for (var element : model) {
            switch (element) {
              case ClassFileVersion _ -> {}
              case MethodModel method when method.code().isPresent() ->
                  builder.transformMethod(
                      method, MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
              default -> builder.with(element);
            }
          }
          builder.withVersion(52, 0);
        });
  }
}
