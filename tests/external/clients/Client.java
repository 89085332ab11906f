// Use a client by openapi-generator (java, native), and print a report as JSON.
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AttachmentsApi;
import org.openapitools.client.api.ContactsApi;
import org.openapitools.client.api.GroupsApi;
import org.openapitools.client.api.MessagesApi;
import org.openapitools.client.model.ContactCreate;
import org.openapitools.client.model.ErrorObject;
import org.openapitools.client.model.GroupCreate;
import org.openapitools.client.model.MessageCreate;
import org.openapitools.client.model.MessageUpdate;

public class Client {
  public static void main(String[] arguments) throws Exception {
    var token = System.getenv("MOCKSERVER_TOKEN");
    var client = new ApiClient();
    client.setRequestInterceptor(builder -> builder.header("Authorization", "Bearer " + token));
    var contacts = new ContactsApi(client);
    var messages = new MessagesApi(client);
    var attachments = new AttachmentsApi(client);

    var page = contacts.contactsList(7, null, null, null);
    var walked = page.getData().size();
    while (page.getHasMore()) {
      var last = page.getData().get(page.getData().size() - 1);
      page = contacts.contactsList(7, last.getId(), null, null);
      walked += page.getData().size();
    }

    var contact = contacts.contactsCreate(new ContactCreate().username("Buzz").phoneNumber("1"));
    var group = new GroupsApi(client)
        .groupsCreate(new GroupCreate().name("Tree house").contacts(List.of(contact.getId())));
    var path = Files.createTempDirectory("sdk").resolve("plan.txt");
    Files.writeString(path, "Grüße");
    var file = attachments.attachmentsCreate(path.toFile(), null);
    var message = messages.messagesCreate(
        new MessageCreate()
            .conversationId(group.getConversationId())
            .message("Well?")
            .attachments(List.of(file.getId())));
    var reactions = List.of(Map.of("joy", List.of("Buzz")));
    messages.messagesUpdate(message.getId(), new MessageUpdate().reactions(reactions));
    var updated = messages.messagesUpdate(message.getId(), new MessageUpdate().message("Well!"));

    attachments.attachmentsDelete(file.getId());
    messages.messagesDelete(message.getId());
    var json = client.getObjectMapper();
    List<Object> error = List.of();
    try {
      messages.messagesRetrieve(message.getId());
    } catch (ApiException raised) {
      var body = json.readValue(raised.getResponseBody(), ErrorObject.class);
      error = List.of(raised.getCode(), body.getType());
    }
    var report = new LinkedHashMap<String, Object>();
    report.put("walked", walked);
    report.put(
        "created",
        List.of(
            group.getContacts().get(0).getUsername(), file.getFilename(), file.getFileSize()));
    report.put(
        "updated",
        List.of(
            message.getAttachments().get(0).getId().equals(file.getId()), updated.getReactions()));
    report.put("error", error);
    System.out.println(json.writeValueAsString(report));
  }
}
