// One’s own key, put into a file for a passkey.
export default {
  key: "Key",
  keyTitle: "Open with a passkey next time",
  keyLead: "Your key is put into a new file that a passkey of yours opens: you choose the file, confirm as this device asks you to (a touch, a face, a PIN), and are in. You confirm twice now: once to make the passkey, once to use it.",
  keyFactLost: "Keep the key file that you have now, in a safe place. If the passkey is lost, that file is the only way back.",
  keyFactHost: "The new file opens on this service only, and with this passkey only. The command line needs the key file that you have now.",
  keyFactCloud: "Where a passkey is kept is up to you. In a cloud account it is as safe as that account; on a security key, as that key.",
  keyMake: "Make a passkey",
  keyMade: "Your key is in a new file, {name}. Save it where you find it again: it is not kept here. Nobody can open it without your passkey.",
  keySave: "Save the file",
  keySaved: "The file was handed to the browser. Keep your old key file too.",
};
