# Use a client by openapi-generator (ruby), and print a report as JSON.
require 'openapi_client'
require 'tmpdir'

OpenapiClient.configure { |config| config.access_token = ENV.fetch('MOCKSERVER_TOKEN') }
contacts = OpenapiClient::ContactsApi.new
messages = OpenapiClient::MessagesApi.new
attachments = OpenapiClient::AttachmentsApi.new

page = contacts.contacts_list(limit: 7)
walked = page.data.length
while page.has_more
  page = contacts.contacts_list(limit: 7, starting_after: page.data.last.id)
  walked += page.data.length
end

contact = contacts.contacts_create(
  OpenapiClient::ContactCreate.new(username: 'Buzz', phone_number: '1')
)
group = OpenapiClient::GroupsApi.new.groups_create(
  OpenapiClient::GroupCreate.new(name: 'Tree house', contacts: [contact.id])
)
file = Dir.mktmpdir do |folder|
  path = File.join(folder, 'plan.txt')
  File.write(path, 'Grüße')
  attachments.attachments_create(File.new(path))
end
message = messages.messages_create(
  OpenapiClient::MessageCreate.new(
    conversation_id: group.conversation_id, message: 'Well?', attachments: [file.id]
  )
)
messages.messages_update(
  message.id, OpenapiClient::MessageUpdate.new(reactions: [{ 'joy' => ['Buzz'] }])
)
updated = messages.messages_update(message.id, OpenapiClient::MessageUpdate.new(message: 'Well!'))

attachments.attachments_delete(file.id)
messages.messages_delete(message.id)
begin
  messages.messages_retrieve(message.id)
rescue OpenapiClient::ApiError => e
  error = [e.code, JSON.parse(e.response_body)['type']]
end
report = {
  walked: walked,
  created: [group.contacts[0].username, file.filename, file.file_size],
  updated: [message.attachments[0].id == file.id, updated.reactions],
  error: error
}
puts JSON.generate(report)
