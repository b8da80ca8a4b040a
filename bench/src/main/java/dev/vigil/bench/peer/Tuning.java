package dev.vigil.bench.peer;

import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.model.entity.StorageSettings.IndexEnabledEnum;

/** How HAPI is set. */
enum Tuning {
  /** As HAPI comes. */
  DEFAULT {
    @Override
    JpaStorageSettings settings() {
      return new JpaStorageSettings();
    }
  },

  /**
   * For the fastest writes that HAPI's documentation offers: mass ingestion, no check of
   * references, no deletes, tags within the resource, and of an Observation's search parameters
   * only those of {@link SlimSearchParameters}. The history stays, since Vigil has one too.
   */
  TUNED {
    @Override
    JpaStorageSettings settings() {
      JpaStorageSettings settings = new JpaStorageSettings();
      settings.setMassIngestionMode(true);
      settings.setDeleteEnabled(false);
      settings.setEnforceReferentialIntegrityOnWrite(false);
      settings.setEnforceReferentialIntegrityOnDelete(false);
      settings.setAutoCreatePlaceholderReferenceTargets(false);
      settings.setTagStorageMode(JpaStorageSettings.TagStorageModeEnum.INLINE);
      settings.setIndexMissingFields(IndexEnabledEnum.DISABLED);
      settings.setMarkResourcesForReindexingUponSearchParameterChange(false);
      settings.setStatusBasedReindexingDisabled(true);
      settings.setMatchUrlCacheEnabled(true);
      settings.setPreExpandValueSets(false);
      return settings;
    }
  };

  abstract JpaStorageSettings settings();
}
