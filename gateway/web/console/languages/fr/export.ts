// A case as a ZIP.
export default {
  exportTitle: "Une copie à garder ou à remettre",
  exportAbout: "Un ZIP avec les parties scellées que vous pouvez chercher, tout ce qui a été fait, signé, et les preuves du journal public. Rien n’y est ouvert : les parties ne s’ouvrent qu’avec votre clé. Il montre qui a fait quoi et quand. Qui a le fichier de confiance du bureau peut tout vérifier sans réseau : safeconduct custody verify.",
  exportMake: "Exporter le dossier",
  exportMaking: "Recherche et vérification…",
  exportProgress: "Recherche et vérification : {done} sur {total}.",
  exportMade: "{files, plural, one {Exporté : un fichier.} many {Exporté : # fichiers.} other {Exporté : # fichiers.}}",
  exportUnproven: "{count, plural, one {Une entrée n’est pas encore dans le journal public ; exportez à nouveau plus tard pour en avoir la preuve.} many {# entrées ne sont pas encore dans le journal public ; exportez à nouveau plus tard pour en avoir les preuves.} other {# entrées ne sont pas encore dans le journal public ; exportez à nouveau plus tard pour en avoir les preuves.}}",
};
