package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.toolchains.ToolchainOperation;

/// The words of `kiln toolchain`.
final class ToolchainVerbs {
  private ToolchainVerbs() {}

  static Verb toolchain() {
    return Verb.group(
        "toolchain",
        "Bring toolchains and sysroots into the store, and pin them",
        Verb.cargo("list", "", "List the toolchains that there are", () -> named(Kind.LIST)),
        Verb.cargo("show", "", "Show what a toolchain is made of", () -> named(Kind.SHOW)),
        Verb.cargo("install", "", "Bring a toolchain into the store", () -> named(Kind.INSTALL)),
        Verb.cargo("import", "", "Copy an installed toolchain", () -> named(Kind.IMPORT)),
        Verb.cargo("lock", "", "Pin a toolchain's packages anew", () -> named(Kind.LOCK)),
        Verb.cargo("remove", "", "Let a toolchain be collected", () -> named(Kind.REMOVE)));
  }

  private enum Kind {
    LIST,
    SHOW,
    INSTALL,
    IMPORT,
    LOCK,
    REMOVE
  }

  private static Command named(Kind kind) {
    return new Command() {
      @Override
      public Syntax syntax() {
        return switch (kind) {
          case LIST -> Syntax.of(Syntax.Operands.NONE);
          case SHOW -> Syntax.of(new Syntax.Operands("[NAME]", 0, 1, Syntax.Tail.NONE));
          case INSTALL ->
              Syntax.of(
                  new Syntax.Operands("[NAME]", 0, 1, Syntax.Tail.NONE),
                  Flag.of(Flag.Arity.VALUES, "--component", "NAME", "Bring this component too"),
                  Flag.of(
                      Flag.Arity.VALUES, "--target", "TRIPLE", "Bring what this target needs too"));
          case IMPORT ->
              Syntax.of(
                  Syntax.Operands.exactly("DIR", 1),
                  Flag.valued("--name", "NAME", "What to call it [its release]"));
          case LOCK, REMOVE -> Syntax.of(Syntax.Operands.exactly("NAME", 1));
        };
      }

      @Override
      public int run(Invocation invocation) throws KilnException, InterruptedException {
        var toolchains = new ToolchainOperation(invocation.settings(), invocation.events());
        var operands = invocation.arguments().operands();
        switch (kind) {
          case LIST -> toolchains.list().forEach(invocation.out()::println);
          case SHOW ->
              toolchains
                  .show(operands.isEmpty() ? null : operands.getFirst())
                  .forEach(invocation.out()::println);
          case INSTALL ->
              toolchains.install(
                  operands.isEmpty() ? null : operands.getFirst(),
                  new ToolchainOperation.Extras(
                      invocation.arguments().all("--component"),
                      invocation.arguments().all("--target")));
          case IMPORT ->
              toolchains.importing(
                  invocation.path(operands.getFirst()),
                  invocation.arguments().find("--name").orElse(null));
          case LOCK -> toolchains.lock(operands.getFirst());
          case REMOVE -> toolchains.remove(operands.getFirst());
        }
        return 0;
      }
    };
  }
}
