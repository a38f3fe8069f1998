"""What `POST /v1/images/edits` accepts and what becomes of it: the flagship endpoint as data.

A case says, for one payload as sent, either its canonical value, rewrites and drops, or its error.

- `canonical` is the whole expected value; None where the payload is refused.
- `error_pointer` is the sender's pointer of the fault reported first ("" is the whole payload).
  `further_pointers` are those reported after it. Only faults of the folded value are reported
  together: a fault in folding ends the run.
- `rewrites` are (source, target) pairs without their rules. The source is the sender's property,
  cut at its first array index; inside a compatibility field it is that field.
- `drops` are (pointer, reason) pairs, the pointer being that of the thing dropped, as sent. A
  property removed because its value means "not given" is one; a part that no template uses is
  one, whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Case:
    """One request as sent, and what becomes of it."""

    name: str
    payload: Any
    canonical: Any = None
    error_pointer: str | None = None
    further_pointers: tuple[str, ...] = ()
    rewrites: Pairs = frozenset()
    drops: Pairs = frozenset()


@dataclass(frozen=True, slots=True)
class ResponseCase(Case):
    """One response as received, and what becomes of it."""


A = "https://example.com/a.png"
B = "https://example.com/b.png"
C = "https://example.com/c.png"
MASK = "https://example.com/mask.png"
FTP = "ftp://example.com/a.png"
BASE64 = "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
DATA_URL = f"data:image/gif;base64,{BASE64}"


def pairs(*items: tuple[str, str]) -> Pairs:
    """The given pairs, in no order."""
    return frozenset(items)


def request(**members: Any) -> dict[str, Any]:
    """A request body with the two members that every request has, and the given ones."""
    return {"model": "gpt-image-2", "prompt": "Remove the background.", **members}


def response(data: Any, **members: Any) -> dict[str, Any]:
    """A response body with the given `data` and further members."""
    return {"created": 1785542400, "data": data, **members}


def folded(*urls: str) -> dict[str, Any]:
    """The canonical request with these URLs as its input images."""
    return request(images=[{"image_url": url} for url in urls])


IN_PLACE = ("/images", "/images")
FROM_IMAGE = ("/image", "/images")
FROM_IMAGE_URLS = ("/image_urls", "/images")
FROM_MASK = ("/mask", "/mask")
FROM_DATA = ("/data", "/data")


def by_image(name: str, image: Any, *urls: str, drops: Pairs = frozenset()) -> Case:
    """A request whose only source is `image`, and that gives these URLs."""
    return Case(name, request(image=image), folded(*urls), rewrites=pairs(FROM_IMAGE), drops=drops)


def by_image_urls(name: str, image_urls: Any, *urls: str) -> Case:
    """A request whose only source is `image_urls`, and that gives these URLs."""
    payload = request(image_urls=image_urls)
    return Case(name, payload, folded(*urls), rewrites=pairs(FROM_IMAGE_URLS))


def refused(name: str, pointer: str, *further: str, **members: Any) -> Case:
    """A request with these members that is refused at `pointer`."""
    return Case(name, request(**members), error_pointer=pointer, further_pointers=further)


def refused_option(name: str, **option: Any) -> Case:
    """A request with one input image and one wrong option, refused at that option."""
    (key,) = option
    return refused(name, f"/{key}", images=[{"image_url": A}], **option)


SHAPES = (
    Case("images: object", folded(A), folded(A)),
    Case("images: two objects", folded(A, B), folded(A, B)),
    Case("images: repeated", folded(A, A), folded(A, A)),
    by_image("image: string", A, A),
    by_image("image: array of strings", [A, B], A, B),
    by_image("image: array of one string", [A], A),
    by_image("image: repeated", [A, A], A, A),
    by_image("image: {image_url}", {"image_url": A}, A),
    by_image("image: {url}", {"url": A}, A),
    by_image("image: {image_url: {url}}", {"image_url": {"url": A}}, A),
    by_image("image: array of objects", [{"image_url": A}, {"image_url": B}], A, B),
    by_image("image: mixed array", [{"image_url": A}, B, {"url": C}], A, B, C),
    by_image("image: nested objects in an array", [{"image_url": {"url": A}}, B], A, B),
    by_image_urls("image_urls: array", [A, B], A, B),
    by_image_urls("image_urls: string", A, A),
    by_image_urls("image_urls: repeated", [A, A], A, A),
    Case("images: strings", request(images=[A, B]), folded(A, B), rewrites=pairs(IN_PLACE)),
    Case("images: {url}", request(images=[{"url": A}]), folded(A), rewrites=pairs(IN_PLACE)),
    Case(
        "images: {image_url: {url}}",
        request(images=[{"image_url": {"url": A}}]),
        folded(A),
        rewrites=pairs(IN_PLACE),
    ),
    Case(
        "images: mixed",
        request(images=[{"image_url": A}, B, {"url": C}, {"image_url": {"url": A}}]),
        folded(A, B, C, A),
        rewrites=pairs(IN_PLACE),
    ),
)

MASKS = (
    Case("mask: string", folded(A) | {"mask": MASK}, folded(A) | {"mask": MASK}),
    Case("mask: data URL", folded(A) | {"mask": DATA_URL}, folded(A) | {"mask": DATA_URL}),
    Case(
        "mask: object",
        folded(A) | {"mask": {"image_url": MASK}},
        folded(A) | {"mask": MASK},
        rewrites=pairs(FROM_MASK),
    ),
    Case(
        "mask: object with an unused part",
        folded(A) | {"mask": {"image_url": MASK, "detail": "high"}},
        folded(A) | {"mask": MASK},
        rewrites=pairs(FROM_MASK),
        drops=pairs(("/mask/detail", "template")),
    ),
    Case(
        "mask: object beside a compatibility field",
        request(image=A, mask={"image_url": MASK}),
        folded(A) | {"mask": MASK},
        rewrites=pairs(FROM_IMAGE, FROM_MASK),
    ),
)

MERGES = (
    Case(
        "three sources",
        request(images=[{"image_url": A}], image=B, image_urls=[C]),
        folded(A, B, C),
        rewrites=pairs(FROM_IMAGE, FROM_IMAGE_URLS),
    ),
    Case(
        "three sources, all in short shapes",
        request(images=[A], image={"url": B}, image_urls=C),
        folded(A, B, C),
        rewrites=pairs(IN_PLACE, FROM_IMAGE, FROM_IMAGE_URLS),
    ),
    Case(
        "the same picture in three sources",
        request(images=[{"image_url": A}], image=A, image_urls=[A]),
        folded(A),
        rewrites=pairs(FROM_IMAGE, FROM_IMAGE_URLS),
        drops=pairs(("/image", "duplicate"), ("/image_urls/0", "duplicate")),
    ),
    Case(
        "image comes before image_urls",
        request(image_urls=[B, A], image=A),
        folded(A, B),
        rewrites=pairs(FROM_IMAGE, FROM_IMAGE_URLS),
        drops=pairs(("/image_urls/1", "duplicate")),
    ),
    Case(
        "a duplicate in an array",
        request(images=[{"image_url": A}], image=[B, A]),
        folded(A, B),
        rewrites=pairs(FROM_IMAGE),
        drops=pairs(("/image/1", "duplicate")),
    ),
    Case(
        "every duplicate of an earlier source goes",
        request(images=[{"image_url": A}, {"image_url": A}], image=[A, A]),
        folded(A, A),
        rewrites=pairs(FROM_IMAGE),
        drops=pairs(("/image/0", "duplicate"), ("/image/1", "duplicate")),
    ),
    Case(
        "repeats within a later source stay",
        request(images=[{"image_url": A}], image=[B, B]),
        folded(A, B, B),
        rewrites=pairs(FROM_IMAGE),
    ),
    Case(
        "equal after folding is a duplicate",
        request(images=[A], image={"image_url": {"url": A}}, image_urls=A),
        folded(A),
        rewrites=pairs(IN_PLACE, FROM_IMAGE, FROM_IMAGE_URLS),
        drops=pairs(("/image", "duplicate"), ("/image_urls", "duplicate")),
    ),
    Case(
        "an item with a further key is no duplicate",
        request(images=[{"image_url": A, "detail": "high"}], image=A),
        request(images=[{"image_url": A, "detail": "high"}, {"image_url": A}]),
        rewrites=pairs(FROM_IMAGE),
    ),
    Case(
        "URLs that differ in case are two pictures",
        request(image="https://example.com/A.png", image_urls=[A]),
        folded("https://example.com/A.png", A),
        rewrites=pairs(FROM_IMAGE, FROM_IMAGE_URLS),
    ),
)


def not_given(name: str, pointer: str, **members: Any) -> Case:
    """A request with `images: [A]` or `image: A` beside one source that is not given."""
    return Case(
        name,
        request(**members),
        folded(A),
        rewrites=pairs(FROM_IMAGE) if members.get("image") else frozenset(),
        drops=pairs((pointer, "absent")),
    )


ABSENT = (
    not_given("images: [] beside image", "/images", images=[], image=A),
    not_given("images: null beside image", "/images", images=None, image=A),
    not_given("images: '' beside image", "/images", images="", image=A),
    not_given("image: null beside images", "/image", images=[{"image_url": A}], image=None),
    not_given("image: '' beside images", "/image", images=[{"image_url": A}], image=""),
    not_given("image: [] beside images", "/image", images=[{"image_url": A}], image=[]),
    not_given("image_urls: null beside image", "/image_urls", image=A, image_urls=None),
    not_given("image_urls: [] beside images", "/image_urls", **folded(A), image_urls=[]),
    not_given("image_urls: '' beside images", "/image_urls", **folded(A), image_urls=""),
    Case(
        "images: [] beside image_urls",
        request(images=[], image_urls=[A]),
        folded(A),
        rewrites=pairs(FROM_IMAGE_URLS),
        drops=pairs(("/images", "absent")),
    ),
    Case(
        "two of three not given",
        request(images=None, image="", image_urls=[A, B]),
        folded(A, B),
        rewrites=pairs(FROM_IMAGE_URLS),
        drops=pairs(("/images", "absent"), ("/image", "absent")),
    ),
    refused("nothing given", "/images"),
    refused("images: [] alone", "/images", images=[]),
    refused("images: null alone", "/images", images=None),
    refused("images: '' alone", "/images", images=""),
    refused("image: null alone", "/images", image=None),
    refused("image: '' alone", "/images", image=""),
    refused("image: [] alone", "/images", image=[]),
    refused("image_urls: [] alone", "/images", image_urls=[]),
    refused("none of three given", "/images", images=[], image=None, image_urls=""),
)

UNKNOWN = (
    Case(
        "unknown members of the body",
        folded(A) | {"seed": 7, "extra": {"image": B, "images": []}},
        folded(A) | {"seed": 7, "extra": {"image": B, "images": []}},
    ),
    Case(
        "unknown members of the body beside a compatibility field",
        request(image=A, seed=None),
        folded(A) | {"seed": None},
        rewrites=pairs(FROM_IMAGE),
    ),
    Case(
        "unknown members of an item",
        request(images=[{"image_url": A, "detail": "high", "file_id": None}]),
        request(images=[{"image_url": A, "detail": "high", "file_id": None}]),
    ),
    Case(
        "unknown members of image",
        request(image={"image_url": A, "detail": "high"}),
        request(images=[{"image_url": A, "detail": "high"}]),
        rewrites=pairs(FROM_IMAGE),
    ),
    Case(
        "url beside image_url is an unknown member",
        request(image={"image_url": A, "url": B}),
        request(images=[{"image_url": A, "url": B}]),
        rewrites=pairs(FROM_IMAGE),
    ),
    Case(
        "a part of an item that its template does not use",
        request(images=[{"image_url": {"url": A, "detail": "high"}, "note": "front"}]),
        request(images=[{"image_url": A, "note": "front"}]),
        rewrites=pairs(IN_PLACE),
        drops=pairs(("/images/0/image_url/detail", "template")),
    ),
    by_image(
        "parts of image that its template does not use",
        {"url": A, "detail": "high", "meta": {"x": [1, 2]}, "a/b~c": None},
        A,
        drops=pairs(
            ("/image/detail", "template"),
            ("/image/meta", "template"),
            ("/image/a~1b~0c", "template"),
        ),
    ),
    by_image(
        "a part of an item of image that its template does not use",
        [B, {"url": A, "detail": "high"}],
        B,
        A,
        drops=pairs(("/image/1/detail", "template")),
    ),
    Case(
        "an unused part and a duplicate",
        request(images=[{"image_url": A}], image={"url": A, "detail": "high"}),
        folded(A),
        rewrites=pairs(FROM_IMAGE),
        drops=pairs(("/image/detail", "template"), ("/image", "duplicate")),
    ),
)

URLS = (
    by_image("URL: data", DATA_URL, DATA_URL),
    by_image("URL: http", "http://example.com/a.png", "http://example.com/a.png"),
    by_image("URL: scheme in capitals", "HTTPS://example.com/a.png", "HTTPS://example.com/a.png"),
    by_image(
        "URL: kept as sent",
        "https://user@EXAMPLE.com:443/a b/%7e%C3%A4ä.png?q=a+b&&sig=%2F==#x",
        "https://user@EXAMPLE.com:443/a b/%7e%C3%A4ä.png?q=a+b&&sig=%2F==#x",
    ),
    by_image("URL: not ASCII", "https://例え.jp/画像.png", "https://例え.jp/画像.png"),
    refused("URL: ftp", "/image", image=FTP),
    refused("URL: file", "/image", image="file:///etc/passwd"),
    refused("URL: script", "/image", image="javascript:alert(1)"),
    refused("URL: data that is no image", "/image", image="data:text/html,<p>"),
    refused("URL: without scheme", "/image", image="example.com/a.png"),
    refused("URL: relative to the scheme", "/image", image="//example.com/a.png"),
    refused("URL: bare base64", "/image", image=BASE64),
    refused("URL: space before it", "/image", image=f" {A}"),
    refused("URL: on a second line", "/image", image=f"x\n{A}"),
)

FAULTS_IN_IMAGES = (
    refused("images: {}", "/images", images={}),
    refused("images: object outside an array", "/images", images={"image_url": A}),
    refused("images: string outside an array", "/images", images=A),
    refused("images: number", "/images", images=5),
    refused("images: [{}]", "/images/0/image_url", images=[{}]),
    refused("images: [null]", "/images/0", images=[None]),
    refused("images: ['']", "/images/0", images=[""]),
    refused("images: [5]", "/images/0", images=[5]),
    refused("images: [[A]]", "/images/0", images=[[A]]),
    refused("images: ftp", "/images/1", images=[A, FTP]),
    refused("images: file_id", "/images/0/image_url", images=[{"file_id": "file-abc123"}]),
    refused("images: {image_url: ftp}", "/images/0/image_url", images=[{"image_url": FTP}]),
    refused("images: {image_url: ''}", "/images/0/image_url", images=[{"image_url": ""}]),
    refused("images: {image_url: null}", "/images/0/image_url", images=[{"image_url": None}]),
    refused("images: {image_url: 5}", "/images/0/image_url", images=[{"image_url": 5}]),
    refused("images: {image_url: [A]}", "/images/0/image_url", images=[{"image_url": [A]}]),
    refused("images: {image_url: {}}", "/images/0/image_url/url", images=[{"image_url": {}}]),
    refused("images: {url: ftp}", "/images/0/url", images=[{"url": FTP}]),
    refused(
        "images: url does not stand in for a wrong image_url",
        "/images/0/image_url",
        images=[{"image_url": 5, "url": A}],
    ),
    refused("images: fault in a later item", "/images/2/image_url", images=[A, B, {}]),
    refused("images: wrong beside image", "/images", images=5, image=A),
)

FAULTS_IN_IMAGE = (
    refused("image: number", "/image", image=5),
    refused("image: zero is given", "/image", image=0),
    refused("image: false is given", "/image", image=False),
    refused("image: {}", "/image/image_url", image={}),
    refused("image: file_id", "/image/image_url", image={"file_id": "file-abc123"}),
    refused("image: {image_url: 5}", "/image/image_url", image={"image_url": 5}),
    refused("image: {image_url: null}", "/image/image_url", image={"image_url": None}),
    refused("image: {image_url: bare base64}", "/image/image_url", image={"image_url": BASE64}),
    refused("image: {url: 5}", "/image/url", image={"url": 5}),
    refused("image: {url: ''}", "/image/url", image={"url": ""}),
    refused("image: {image_url: {}}", "/image/image_url/url", image={"image_url": {}}),
    refused(
        "image: {image_url: {url: ftp}}", "/image/image_url/url", image={"image_url": {"url": FTP}}
    ),
    refused("image: [A, '']", "/image/1", image=[A, ""]),
    refused("image: [A, null]", "/image/1", image=[A, None]),
    refused("image: [A, ftp]", "/image/1", image=[A, FTP]),
    refused("image: [[A]]", "/image/0", image=[[A]]),
    refused("image: [{}]", "/image/0/image_url", image=[{}]),
    refused("image: [{url: 5}]", "/image/0/url", image=[{"url": 5}]),
    refused("image: wrong beside images", "/image", images=[A], image=5),
    refused("image_urls: number", "/image_urls", image_urls=5),
    refused("image_urls: object", "/image_urls", image_urls={"url": A}),
    refused("image_urls: ftp", "/image_urls", image_urls=FTP),
    refused("image_urls: [A, ftp]", "/image_urls/1", image_urls=[A, FTP]),
    refused("image_urls: [A, '']", "/image_urls/1", image_urls=[A, ""]),
    refused("image_urls: [A, null]", "/image_urls/1", image_urls=[A, None]),
    refused("image_urls: objects", "/image_urls/0", image_urls=[{"image_url": A}]),
    refused("image_urls: wrong beside images", "/image_urls/0", images=[A], image_urls=[FTP]),
)

FAULTS_IN_MASK = (
    refused_option("mask: number", mask=5),
    refused_option("mask: null", mask=None),
    refused_option("mask: ''", mask=""),
    refused_option("mask: ftp", mask=FTP),
    refused_option("mask: array", mask=[MASK]),
    refused("mask: {}", "/mask/image_url", images=[A], mask={}),
    refused("mask: file_id", "/mask/image_url", images=[A], mask={"file_id": "file-abc123"}),
    refused("mask: {image_url: ftp}", "/mask/image_url", images=[A], mask={"image_url": FTP}),
    refused("mask: {url}", "/mask/image_url", images=[A], mask={"url": MASK}),
    refused(
        "mask: {image_url: {url}}",
        "/mask/image_url",
        images=[A],
        mask={"image_url": {"url": MASK}},
    ),
)


def accepted_option(name: str, **option: Any) -> Case:
    """A canonical request with one option."""
    return Case(name, folded(A) | option, folded(A) | option)


OPTIONS = (
    accepted_option("model: any name", model="some/other-model"),
    accepted_option("n: 1", n=1),
    accepted_option("n: 3.0 is an integer", n=3.0),
    accepted_option("n: no maximum of ours", n=1000),
    accepted_option("size: any string", size="4096x4096"),
    accepted_option("quality: any string", quality="ultra"),
    accepted_option("response_format: url", response_format="url"),
    accepted_option("response_format: b64_json", response_format="b64_json"),
    accepted_option("background: transparent", background="transparent"),
    accepted_option("background: opaque", background="opaque"),
    accepted_option("background: auto", background="auto"),
    accepted_option("output_format: any string", output_format="avif"),
    accepted_option("output_compression: 0", output_compression=0),
    accepted_option("output_compression: 100", output_compression=100),
    accepted_option("moderation: auto", moderation="auto"),
    accepted_option("moderation: low", moderation="low"),
    accepted_option("watermark: true", watermark=True),
    accepted_option("user: string", user="user-1234"),
    refused_option("model: number", model=2),
    refused_option("model: null", model=None),
    refused_option("prompt: ''", prompt=""),
    refused_option("prompt: number", prompt=5),
    refused_option("prompt: array", prompt=["Remove the background."]),
    refused_option("n: 0", n=0),
    refused_option("n: -1", n=-1),
    refused_option("n: string", n="3"),
    refused_option("n: true", n=True),
    refused_option("n: 1.5", n=1.5),
    refused_option("n: null", n=None),
    refused_option("size: number", size=1024),
    refused_option("size: null", size=None),
    refused_option("size: array", size=[1024, 1024]),
    refused_option("quality: number", quality=1),
    refused_option("response_format: unknown", response_format="png"),
    refused_option("response_format: null", response_format=None),
    refused_option("background: unknown", background="blue"),
    refused_option("background: in capitals", background="Auto"),
    refused_option("output_format: number", output_format=1),
    refused_option("output_compression: -1", output_compression=-1),
    refused_option("output_compression: 101", output_compression=101),
    refused_option("output_compression: string", output_compression="90"),
    refused_option("output_compression: 90.5", output_compression=90.5),
    refused_option("moderation: unknown", moderation="high"),
    refused_option("watermark: string", watermark="true"),
    refused_option("watermark: number", watermark=1),
    refused_option("user: number", user=5),
)

WHOLE_BODIES = (
    Case("no model", {"prompt": "x", "images": [{"image_url": A}]}, error_pointer="/model"),
    Case("no prompt", {"model": "m", "images": [{"image_url": A}]}, error_pointer="/prompt"),
    Case("no prompt, legacy image", {"model": "m", "image": A}, error_pointer="/prompt"),
    Case(
        "neither model nor prompt",
        {"images": [{"image_url": A}]},
        error_pointer="/model",
        further_pointers=("/prompt",),
    ),
    Case("body: array", [], error_pointer=""),
    Case("body: string", A, error_pointer=""),
    Case("body: null", None, error_pointer=""),
    refused("two wrong options", "/n", "/size", image=A, n="3", size=1024),
    refused(
        "wrong options at both ends", "/prompt", "/n", "/user", image=A, prompt="", n=0, user=5
    ),
    refused("a fault in folding comes first", "/image", image=5, n=0),
)

REQUESTS: tuple[Case, ...] = (
    *SHAPES,
    *MASKS,
    *MERGES,
    *ABSENT,
    *UNKNOWN,
    *URLS,
    *FAULTS_IN_IMAGES,
    *FAULTS_IN_IMAGE,
    *FAULTS_IN_MASK,
    *OPTIONS,
    *WHOLE_BODIES,
)


def kept(name: str, payload: Any) -> ResponseCase:
    """A response that is canonical as received."""
    return ResponseCase(name, payload, payload)


def relayed(name: str, data: Any, canonical: Any, *drops: tuple[str, str]) -> ResponseCase:
    """A response whose `data` has another shape."""
    return ResponseCase(
        name, response(data), response(canonical), rewrites=pairs(FROM_DATA), drops=pairs(*drops)
    )


def cleaned(name: str, item: Any, canonical: Any, *absent: str) -> ResponseCase:
    """A response with one image, some members of which are not given."""
    drops = pairs(*((f"/data/0/{member}", "absent") for member in absent))
    return ResponseCase(name, response([item]), response([canonical]), drops=drops)


def unusable(name: str, pointer: str, payload: Any) -> ResponseCase:
    """A response that is refused at `pointer`."""
    return ResponseCase(name, payload, error_pointer=pointer)


USAGE = {
    "total_tokens": 1500,
    "input_tokens": 500,
    "output_tokens": 1000,
    "input_tokens_details": {"text_tokens": 20, "image_tokens": 480},
}

RESPONSES: tuple[ResponseCase, ...] = (
    kept("data: array", response([{"url": A}, {"url": B, "revised_prompt": "A cat."}])),
    kept("data: base64", response([{"b64_json": BASE64}])),
    kept("data: []", response([])),
    kept("data: item without members", response([{}])),
    kept("no created", {"data": [{"url": A}]}),
    kept(
        "everything known",
        response(
            [{"url": A}],
            background="opaque",
            output_format="png",
            quality="high",
            size="1024x1024",
            usage=USAGE,
        ),
    ),
    kept("values not known yet", response([], background="plaid", quality="ultra", size="1x1")),
    kept(
        "unknown members",
        response(
            [{"url": A, "score": 0.5, "tags": ["x", None]}],
            model="gpt-image-2",
            usage=USAGE | {"cost": "0.04", "output_tokens_details": {"image_tokens": 1000}},
            channel=None,
        ),
    ),
    kept("members that are not promised", response([{"url": A}], size=1024, usage="9")),
    relayed("data: object", {"url": A}, [{"url": A}]),
    relayed("data: object with base64", {"b64_json": BASE64}, [{"b64_json": BASE64}]),
    relayed("data: object with unknown members", {"url": A, "x": 1}, [{"url": A, "x": 1}]),
    relayed("data: object with unknown members only", {"x": 1}, [{"x": 1}]),
    relayed(
        "data: object with empty members",
        {"url": A, "b64_json": "", "revised_prompt": None},
        [{"url": A}],
        ("/data/b64_json", "absent"),
        ("/data/revised_prompt", "absent"),
    ),
    ResponseCase(
        "data: {} (the example of the page)",
        {"created": 1, "data": {}},
        {"created": 1, "data": []},
        rewrites=pairs(FROM_DATA),
    ),
    relayed("data: null", None, []),
    cleaned("url: ''", {"url": "", "b64_json": BASE64}, {"b64_json": BASE64}, "url"),
    cleaned("url: null", {"url": None, "b64_json": BASE64}, {"b64_json": BASE64}, "url"),
    cleaned("b64_json: ''", {"url": A, "b64_json": ""}, {"url": A}, "b64_json"),
    cleaned("b64_json: null", {"url": A, "b64_json": None}, {"url": A}, "b64_json"),
    cleaned("revised_prompt: ''", {"url": A, "revised_prompt": ""}, {"url": A}, "revised_prompt"),
    cleaned("revised_prompt: null", {"revised_prompt": None, "x": ""}, {"x": ""}, "revised_prompt"),
    cleaned(
        "nothing given",
        {"url": "", "b64_json": None, "revised_prompt": ""},
        {},
        "url",
        "b64_json",
        "revised_prompt",
    ),
    ResponseCase(
        "the second of two images",
        response([{"url": A}, {"url": B, "b64_json": ""}]),
        response([{"url": A}, {"url": B}]),
        drops=pairs(("/data/1/b64_json", "absent")),
    ),
    unusable("no data", "/data", {"created": 1785542400}),
    unusable("an error with status 200", "/data", {"error": {"message": "No channel."}}),
    unusable("body: array", "", [{"url": A}]),
    unusable("body: string", "", "Bad Gateway"),
    unusable("body: null", "", None),
    unusable("data: string", "/data", response(A)),
    unusable("data: number", "/data", response(5)),
    unusable("data: false", "/data", response(False)),
    unusable("data: [null]", "/data/0", response([None])),
    unusable("data: [string]", "/data/0", response([A])),
    unusable("data: fault in the second item", "/data/1", response([{"url": A}, 5])),
    unusable("data: [{url: 5}]", "/data/0/url", response([{"url": 5}])),
    unusable("data: {url: 5}", "/data/url", response({"url": 5})),
    unusable("b64_json: array", "/data/0/b64_json", response([{"b64_json": [BASE64]}])),
    unusable("created: string", "/created", {"created": "1785542400", "data": []}),
    unusable("created: fraction", "/created", {"created": 1.5, "data": []}),
    unusable("created: true", "/created", {"created": True, "data": []}),
)
