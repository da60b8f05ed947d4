import "./adjudicate.css";
import { listenForRulings } from "./rulings";

listenForRulings(document);
