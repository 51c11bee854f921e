// Giving access to somebody.
export default {
  nobodyLeft: "Il n’y a personne à choisir.",
  grantGive: "Le donner à quelqu’un",
  grantTitle: "Donner : {part}",
  grantWho: "À qui",
  grantIdentityHelp: "Seuls sont proposés ceux que la personne autorise à savoir qui elle est.",
  grantLearns: "{name} peut lire ceci : {part}. Ce qui a été lu ne peut être oublié, même quand l’accès prend fin.",
  grantLearnsFiles: "{name} peut lire ceci : {part}, avec toutes les pièces jointes. Ce qui a été lu ne peut être oublié, même quand l’accès prend fin.",
  grantNobody: "Il n’y a personne ici à qui le donner.",
  grant: "Donner l’accès",
  granted: "L’accès a été donné.",
  untilLabel: "Jusqu’à",
  untilNever: "Sans fin",
  until30: "Pendant 30 jours",
  until90: "Pendant 90 jours",
  until180: "Pendant 180 jours",
  until: "jusqu’au {date}",
};
