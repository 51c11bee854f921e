// One’s own key, put into a file for a passkey.
export default {
  key: "Clé",
  keyTitle: "Ouvrir avec une clé d’accès la prochaine fois",
  keyLead: "Votre clé est mise dans un nouveau fichier que votre clé d’accès (passkey) ouvre : vous choisissez le fichier, confirmez comme cet appareil le demande (un doigt, un visage, un code), et vous y êtes. Vous confirmez deux fois maintenant : une fois pour créer la clé d’accès, une fois pour l’utiliser.",
  keyFactLost: "Gardez en lieu sûr le fichier de clé que vous avez maintenant. Si la clé d’accès est perdue, ce fichier est le seul chemin de retour.",
  keyFactHost: "Le nouveau fichier ne s’ouvre que sur ce service, et qu’avec cette clé d’accès. La ligne de commande a besoin du fichier de clé que vous avez maintenant.",
  keyFactCloud: "C’est vous qui choisissez où la clé d’accès est gardée. Dans un compte en ligne, elle est aussi sûre que ce compte ; sur une clé de sécurité, que cette clé.",
  keyMake: "Créer une clé d’accès",
  keyMade: "Votre clé est dans un nouveau fichier, {name}. Enregistrez-le là où vous le retrouverez : il n’est pas gardé ici. Personne ne peut l’ouvrir sans votre clé d’accès.",
  keySave: "Enregistrer le fichier",
  keySaved: "Le fichier a été remis au navigateur. Gardez aussi votre ancien fichier de clé.",
};
