package dev.kiln.realise;

import dev.kiln.KilnException;
import dev.kiln.derivation.UnitDerivation;
import dev.kiln.derivation.UnitText;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.store.StorePaths;

/// The derivations of units as store objects: their paths, and adding them.
final class UnitTexts {
  private final Store store;
  private final String system;

  UnitTexts(Store store, String system) {
    this.store = store;
    this.system = system;
  }

  /// Returns the path of the derivation, whether it was added or not.
  StorePath path(UnitDerivation derivation) throws KilnException {
    return StorePaths.text(
        store.storeDir(),
        name(derivation),
        UnitText.of(derivation, system, store.storeDir()),
        derivation.inputs().objects());
  }

  /// Adds the derivation to the store.
  StorePath add(UnitDerivation derivation) throws KilnException {
    return store.addText(
        name(derivation),
        UnitText.of(derivation, system, store.storeDir()),
        derivation.inputs().objects());
  }

  private static String name(UnitDerivation derivation) {
    return derivation.name() + ".drv";
  }
}
