"""What operations are called: ids that frameworks make, and none at all. docs/names.md has the rules."""

from __future__ import annotations

import pytest

from speclens import names
from speclens.names.operations import Called, Written, called, resource_name

# framework | id | method | path | tag | what it becomes
TABLE = """
FastAPI          | list_items_items__get                        | GET    | /items/                              | items            | items.list
FastAPI          | read_item_items__item_id__get                | GET    | /items/{item_id}                     | items            | items.read
FastAPI          | create_item_items__post                      | POST   | /items/                              | items            | items.create
FastAPI          | read_users_me_users_me_get                   | GET    | /users/me                            |                  | users.read_me
FastAPI          | list_items_api_v1_items_get                  | GET    | /api/v1/items                        |                  | items.list
FastAPI, proxied | list_items_items__get                        | GET    | /gateway/items/                      | items            | items.list
FastAPI          | root__get                                    | GET    | /                                    |                  | operations.root
FastAPI          | health_health_get                            | GET    | /health                              |                  | health.health
FastAPI template | items-read_items                             | GET    | /api/v1/items/                       | items            | items.list
FastAPI template | items-read_item                              | GET    | /api/v1/items/{id}                   | items            | items.read
FastAPI template | login-login_access_token                     | POST   | /api/v1/login/access-token           | login            | login.access_token
NestJS           | ItemsController_findAll                      | GET    | /items                               |                  | items.find_all
NestJS           | ItemsController_findAll_v1                   | GET    | /v1/items                            | Items            | items.find_all
NestJS           | CatsController_findOne                       | GET    | /cats/{id}                           | cats             | cats.find_one
NestJS           | CatsController_findAll                       | GET    | /cats                                | Animals          | animals.cats_find_all
NestJS           | AppController_getHello                       | GET    | /                                    |                  | app.get_hello
NSwag            | Items_GetAll                                 | GET    | /api/Items                           | Items            | items.get_all
NSwag            | Items_Get                                    | GET    | /api/Items/{id}                      | Items            | items.get
Azure            | VirtualMachines_CreateOrUpdate               | PUT    | /subscriptions/{s}/virtualMachines/{vm} | VirtualMachines | virtual_machines.create_or_update
Swashbuckle      | ApiItemsGet                                  | GET    | /api/Items                           | Items            | items.list
Swashbuckle      | ApiItemsIdDelete                             | DELETE | /api/Items/{id}                      | Items            | items.delete
ASP.NET          | GetItemsAsync                                | GET    | /api/items                           | Items            | items.list
springfox        | getUsingGET                                  | GET    | /pets/{id}                           | pet-controller   | pet.get
springfox        | listUsingGET_1                               | GET    | /pets                                | pet-controller   | pet.list
springfox        | getPetByIdUsingGET                           | GET    | /pets/{petId}                        | pet-controller   | pet.get
springdoc        | findAll_1                                    | GET    | /owners                              | owner-controller | owner.find_all
springdoc        | deletePodcast_1                              | DELETE | /api/v2/podcasts/{key}/episodes/{episode} | API v2      | podcasts.delete_episode
drf-spectacular  | api_items_list                               | GET    | /api/items/                          | api              | items.list
drf-spectacular  | api_items_retrieve                           | GET    | /api/items/{id}/                     | api              | items.retrieve
drf-spectacular  | items_partial_update                         | PATCH  | /items/{id}/                         | items            | items.partial_update
drf-spectacular  | items_destroy                                | DELETE | /items/{id}/                         | items            | items.destroy
drf-spectacular  | items_activate_create                        | POST   | /items/{id}/activate/                | items            | items.activate
drf-spectacular  | items_image_create                           | POST   | /items/{id}/image/                   | items            | items.create_image
drf-yasg         | dcim_console-ports_trace                     | GET    | /dcim/console-ports/{id}/trace/      | dcim             | dcim.trace_console_port
drf-yasg         | circuits_providers_graphs                    | GET    | /circuits/providers/{id}/graphs/     | circuits         | circuits.list_provider_graphs
drf-yasg         | circuits_circuits_list                       | GET    | /circuits/circuits/                  | circuits         | circuits.list
Django Ninja     | app_api_list_items                           | GET    | /api/items                           |                  | items.list
Django Ninja     | shop_views_create_order                      | POST   | /api/orders                          |                  | orders.create
tsoa             | GetUsers                                     | GET    | /users                               | User             | user.list
tsoa             | GetUser                                      | GET    | /users/{userId}                      | User             | user.get
Rails            | Api::V1::Models#index                        | GET    | /api/v1/models.json                  | Models           | models.list
Rails            | Api::V1::Models#show                         | GET    | /api/v1/models/{id}.json             | Models           | models.get
rswag            | listItems                                    | GET    | /items                               |                  | items.list
go-swagger       | listPets                                     | GET    | /pets                                | pets             | pets.list
go-swagger       | addPet                                       | POST   | /pet                                 | pet              | pet.add
Stoplight        | get-pets                                     | GET    | /pets                                |                  | pets.list
Stoplight        | get-pets-petId                               | GET    | /pets/{petId}                        |                  | pets.get
Adyen            | post-accountHolderBalance                    | POST   | /accountHolderBalance                | General          | general.account_holder_balance
GitHub           | repos/list-for-user                          | GET    | /users/{username}/repos              | repos            | repos.list_for_user
Google           | storage.buckets.list                         | GET    | /b                                   |                  | buckets.list
Microsoft Graph  | users.user.ListUser                          | GET    | /users                               | users.user       | users.list
enunciate        | resource__1.0_artist__mbid__getArtist_GET    | GET    | /1.0/artist/{mbid}                   | /1.0/artist/{mbid} | artist.get
by hand          | findPetsByStatus                             | GET    | /pet/findByStatus                    | pet              | pet.find_by_status
by hand          | getPetById                                   | GET    | /pet/{petId}                         | pet              | pet.get
by hand          | getUserByName                                | GET    | /user/{username}                     | user             | user.get_by_name
by hand          | updateCategory                               | PUT    | /categories/{id}.json                | Categories       | categories.update
by hand          | createEpisode                                | POST   | /episodes/create                     |                  | episodes.create
by hand          | getNetworkSnmpSettings                       | GET    | /networks/{id}/snmpSettings          | SNMP settings    | snmp_settings.get
by hand          | addParticipantsToSpace                       | POST   | /spaces/{id}/participants            | Spaces           | spaces.add_participants
by hand          | createApiKey                                 | POST   | /api-keys                            | API keys         | api_keys.create
by hand          | verify                                       | POST   | /2fa                                 | 2FA              | n2_fa.verify
by hand          | user_account_get                             | GET    | /account                             |                  | account.user_get
none             |                                              | GET    | /pets                                |                  | pets.list
none             |                                              | POST   | /pets                                |                  | pets.create
none             |                                              | GET    | /pets/{id}                           |                  | pets.get
none             |                                              | PATCH  | /pets/{id}                           |                  | pets.update
none             |                                              | PUT    | /pets/{id}                           |                  | pets.replace
none             |                                              | DELETE | /pets/{id}                           |                  | pets.delete
none             |                                              | DELETE | /pets                                |                  | pets.delete_pets
none             |                                              | GET    | /rest/v2/pets/{id}/toys              |                  | pets.list_toys
none             |                                              | POST   | /pets/{id}/toys                      |                  | pets.create_toy
none             |                                              | DELETE | /pets/{id}/toys/{toyId}              |                  | pets.delete_toy
none             |                                              | POST   | /orders/{id}/cancel                  |                  | orders.cancel
none             |                                              | POST   | /v1/orders/{id}:cancel               |                  | orders.cancel
none             |                                              | GET    | /pets/findByStatus                   |                  | pets.find_by_status
none             |                                              | GET    | /settings                            |                  | settings.get
none             |                                              | POST   | /login                               |                  | login.login
none             |                                              | GET    | /users/me                            |                  | users.get_me
none             |                                              | POST   | /?Action=ResetAll                    |                  | operations.reset_all
none             |                                              | POST   | /tenant/{t}/vm/{v}/stop              | Vm               | vm.stop
other letters    | 商品一覧                                       | GET    | /商品                                 | 商品               | shang_pin.yi_lan
"""
ROWS = [tuple(cell.strip() for cell in row.split("|")) for row in TABLE.strip().splitlines()]


def written(operation_id: str, method: str, path: str, tag: str) -> Written:
    return Written(operation_id, method.lower(), path, (tag,) if tag else ())


def shown(found: Called) -> str:
    return f"{names.resource(resource_name(found.resource))}.{names.method(found.method)}"


@pytest.mark.parametrize("row", ROWS, ids=[" ".join(row[1:4]) for row in ROWS])
def test_what_an_operation_is_called(row: tuple[str, ...]) -> None:
    _, *said, expected = row
    assert shown(called(written(*said))) == expected


WHOLE = (
    (("list_items_items__get", "GET", "/items/", "items"), "list items"),
    (("ItemsController_findAll", "GET", "/items", ""), "items find all"),
    (("findAll_1", "GET", "/owners", "owner-controller"), "owner find all"),
    (("createReport", "POST", "/reports", "reports"), "create report"),
    (("createJWTTemplate", "POST", "/jwt_templates", "JWT templates"), "create JWT template"),
    (("api_items_list", "GET", "/api/items/", "api"), "list items"),
    (("", "GET", "/api/v1/pets/{id}/toys", ""), "list pet toys"),
    (("", "GET", "/", ""), "get root"),
)


@pytest.mark.parametrize(("said", "whole"), WHOLE)
def test_what_names_an_operation_without_its_resource(
    said: tuple[str, str, str, str], whole: str
) -> None:
    assert called(written(*said)).whole == whole


def test_an_answer_that_is_an_array_is_a_list() -> None:
    one = Written("", "get", "/tenant/{t}/vm", ("Vm",), is_list=True)
    assert shown(called(one)) == "vm.list"


@pytest.mark.parametrize("text", ["a" * 100_000, "a_" * 50_000, "Ab" * 50_000, "a/" * 50_000])
def test_long_names_take_no_longer(text: str) -> None:
    assert called(Written(text, "get", f"/{text}", (text,))).method
