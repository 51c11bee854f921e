// The entry of the console.
import "./style.css";
import { App } from "./app.ts";
import { speak, usualLanguage } from "./text.ts";

void speak(usualLanguage()).then(() => new App().begin());
