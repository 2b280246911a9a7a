"""Makes a tiny model of token classification that knows some articles by heart: `python tiny_model.py CORPUS FOLDER ID…`.

It is run by the environment that has transformers. Nothing is downloaded: the tokenizer and the weights are of these articles.
"""

# ruff: noqa: S106 - the tokens of a tokenizer are no passwords

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

from tasrih import store
from tasrih.text.sentences import sentences

LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-MISC", "I-MISC")
OF_GOLD = {"PER": "PER", "GPE": "LOC", "ORG": "ORG", "DATE": "MISC"}
ROUNDS, WIDTH, BOUND, IGNORED = 60, 96, 64, -100


def tokenizer_of(texts: list[str]) -> PreTrainedTokenizerFast:
    """Word pieces of the texts; harakat are taken away, so that what the model reads has other offsets than the text."""
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()])
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    made.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=3000, special_tokens=special))
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(each, made.token_to_id(each)) for each in ("[CLS]", "[SEP]")],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=BOUND,
    )  # fmt: skip


def examples(document: Any) -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Sentences with their outermost names, in code points of the sentence."""
    names = [
        (line["start"], line["end"], OF_GOLD[line["label"]])
        for line in document["layers"]["gold"][1:]
        if line["type"] == "entity" and line.get("form") == "name" and line["label"] in OF_GOLD
    ]
    outer = [
        one for one in names
        if not any(other != one and other[0] <= one[0] and one[1] <= other[1] for other in names)
    ]  # fmt: skip
    return [
        (
            document["text"][first:behind],
            [(s - first, e - first, label) for s, e, label in outer if first <= s and e <= behind],
        )
        for first, behind in sentences(document["text"])
    ]


def tags(names: list[tuple[int, int, str]], offsets: list[tuple[int, int]]) -> list[int]:
    """The label of each piece; pieces of no width are not learnt from."""
    found = []
    for start, end in offsets:
        name = next((one for one in names if one[0] <= start and end <= one[1]), None)
        if start == end:
            found.append(IGNORED)
        elif name is None:
            found.append(0)
        else:
            found.append(LABELS.index(("B-" if start == name[0] else "I-") + name[2]))
    return found


def main(corpus: str, folder: str, ids: list[str]) -> None:
    torch.manual_seed(7)
    torch.set_num_threads(1)
    opened = store.open_corpus(Path(corpus))
    known = [one for name in ids for one in examples(store.read_document(opened, name).document)]
    tokenizer = tokenizer_of([text for text, _ in known])
    coded = tokenizer(
        [text for text, _ in known],
        return_offsets_mapping=True,
        truncation=True,
        padding=True,
        return_tensors="pt",
    )
    labels = torch.tensor(
        [
            tags(names, offsets.tolist())
            for (_, names), offsets in zip(known, coded.pop("offset_mapping"), strict=True)
        ]
    )
    model = BertForTokenClassification(
        BertConfig(
            vocab_size=len(tokenizer), hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=4,
            intermediate_size=2 * WIDTH, max_position_embeddings=BOUND, hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0, id2label=dict(enumerate(LABELS)),
            label2id={label: number for number, label in enumerate(LABELS)},
        )
    )  # fmt: skip
    learn = torch.optim.AdamW(model.parameters(), lr=2e-3)
    inputs = {name: coded[name] for name in ("input_ids", "attention_mask")}
    for _ in range(ROUNDS):
        for some in torch.randperm(len(known)).split(16):
            learn.zero_grad()
            model(**{name: each[some] for name, each in inputs.items()}, labels=labels[some]).loss.backward()
            learn.step()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
